//go:build !unix

package router

import (
	"errors"
	"os"
	"os/exec"
)

const nonBlocking = 0

func unsafeFile(os.FileInfo, string) string { return "" }

func lockFile(*os.File) error {
	return errors.New("this system has no lock that ends with its process, without which two routers could use one run log: run the router on a Unix")
}

func inGroup(*exec.Cmd) {}

func killGroup(*exec.Cmd) {}
