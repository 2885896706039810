package router

import (
	"fmt"
	"io"
	"os"
)

const maxPrivateFile = 16 << 10

// readPrivate gives the bytes of a file that only its owner may use: ours, or the administrator's. Links are followed, for that is how secrets are mounted into
// containers.
func readPrivate(file, what string) ([]byte, error) {
	// A pipe in the file's place would keep the program waiting for a writer.
	opened, err := os.OpenFile(file, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", what, err)
	}
	defer opened.Close()
	// Asked of the file that was opened, not of its name, so that none can be put in its place in between.
	found, err := opened.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", what, err)
	}
	if !found.Mode().IsRegular() {
		return nil, fmt.Errorf("%s %s is not used: it is not a regular file", what, file)
	}
	if wrong := unsafeFile(found, file); wrong != "" {
		return nil, fmt.Errorf("%s %s is not used: %s", what, file, wrong)
	}
	content, err := io.ReadAll(io.LimitReader(opened, maxPrivateFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", what, err)
	}
	if len(content) > maxPrivateFile {
		return nil, fmt.Errorf("%s %s is not used: it is larger than %d bytes", what, file, maxPrivateFile)
	}
	return content, nil
}
