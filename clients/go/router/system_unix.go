//go:build unix

package router

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

const nonBlocking = syscall.O_NONBLOCK

// unsafeFile says why a file's secret is not one, or nothing.
func unsafeFile(found os.FileInfo, file string) string {
	if owner, ok := found.Sys().(*syscall.Stat_t); ok && owner.Uid != uint32(os.Getuid()) && owner.Uid != 0 {
		return fmt.Sprintf("it belongs to another user (%d), who could change it: chown it", owner.Uid)
	}
	if mode := found.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Sprintf("others than its owner may use it (mode %04o): chmod 600 %s", mode, file)
	}
	return ""
}

// lockFile holds a file until this process ends, however it ends.
func lockFile(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("the run log %s is in use by another process: a run log is for one router", file.Name())
	}
	return err
}

// inGroup starts a command in a process group of its own, which is ended as a whole.
func inGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
}

func killGroup(command *exec.Cmd) { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
