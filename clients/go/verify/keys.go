package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
)

// Ed25519's curve (RFC 8032, section 5.1), as far as it takes to tell which public keys may be believed. crypto/ed25519 verifies signatures, and takes any key:
// for one of small order, or with a part of small order, signatures can be made without any secret.

const publicKeySize = 32

var (
	fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	groupOrder = new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 252), decimal("27742317777372353535851937790883648493"))
	curveD     = reduced(new(big.Int).Mul(big.NewInt(-121665), new(big.Int).ModInverse(big.NewInt(121666), fieldPrime)))
	twiceD     = reduced(new(big.Int).Lsh(curveD, 1))
)

func decimal(digits string) *big.Int {
	number, _ := new(big.Int).SetString(digits, 10)
	return number
}

func reduced(number *big.Int) *big.Int { return number.Mod(number, fieldPrime) }

func product(a, b *big.Int) *big.Int { return reduced(new(big.Int).Mul(a, b)) }

func sum(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }

func difference(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }

// point is in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
type point struct{ x, y, z, t *big.Int }

func identity() point { return point{big.NewInt(0), big.NewInt(1), big.NewInt(1), big.NewInt(0)} }

func (p point) isIdentity() bool { return p.x.Sign() == 0 && p.y.Cmp(p.z) == 0 }

// plus is RFC 8032, section 5.1.4. It holds for any two points, equal ones too.
func (p point) plus(q point) point {
	a := product(difference(p.y, p.x), difference(q.y, q.x))
	b := product(sum(p.y, p.x), sum(q.y, q.x))
	c := product(product(p.t, twiceD), q.t)
	d := product(p.z, new(big.Int).Lsh(q.z, 1))
	e, f, g, h := difference(b, a), difference(d, c), sum(d, c), sum(b, a)
	return point{product(e, f), product(g, h), product(f, g), product(e, h)}
}

func (p point) times(scalar *big.Int) point {
	made := identity()
	for bit := scalar.BitLen() - 1; bit >= 0; bit-- {
		made = made.plus(made)
		if scalar.Bit(bit) == 1 {
			made = made.plus(p)
		}
	}
	return made
}

// decodePoint is RFC 8032, section 5.1.3; false if there is no such point, or if the bytes are not its one encoding.
func decodePoint(encoded []byte) (point, bool) {
	if len(encoded) != publicKeySize {
		return point{}, false
	}
	bigEndian := make([]byte, publicKeySize)
	for index, each := range encoded {
		bigEndian[publicKeySize-1-index] = each
	}
	odd := uint(bigEndian[0] >> 7)
	bigEndian[0] &= 0x7f
	y := new(big.Int).SetBytes(bigEndian)
	if y.Cmp(fieldPrime) >= 0 {
		return point{}, false
	}
	one, square := big.NewInt(1), product(y, y)
	divisor := new(big.Int).ModInverse(reduced(sum(product(curveD, square), one)), fieldPrime)
	if divisor == nil {
		return point{}, false
	}
	x := new(big.Int).ModSqrt(product(difference(square, one), divisor), fieldPrime)
	if x == nil || x.Sign() == 0 && odd == 1 {
		return point{}, false
	}
	if x.Bit(0) != odd {
		x.Sub(fieldPrime, x)
	}
	return point{x, y, one, product(x, y)}, true
}

// safeToBelieve is docs/signatures.md, "Keys".
func safeToBelieve(public []byte) bool {
	p, ok := decodePoint(public)
	return ok && !p.isIdentity() && p.times(groupOrder).isIdentity()
}

// keyID is SHA-256 of the SubjectPublicKeyInfo in DER (RFC 8410).
func keyID(public []byte) string {
	prefix, _ := hex.DecodeString("302a300506032b6570032100")
	sum := sha256.Sum256(append(prefix, public...))
	return "sha256:" + hex.EncodeToString(sum[:])
}
