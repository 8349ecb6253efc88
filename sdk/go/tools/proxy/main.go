// Command proxy writes a version of a module to a folder, in the layout of a Go proxy, for
// GOPROXY=file://….
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 4 {
		return errors.New("usage: proxy FOLDER VERSION LICENSE OUTPUT")
	}
	folder, version, license, output := arguments[0], arguments[1], arguments[2], arguments[3]
	goMod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return err
	}
	path := modfile.ModulePath(goMod)
	escaped, err := module.EscapePath(path)
	if err != nil {
		return err
	}
	files, err := filesOf(folder, output)
	if err != nil {
		return err
	}
	// Go, too, adds the license of a repository to a module in a folder of the repository.
	files = append(files, file{"LICENSE", license})
	if err := os.RemoveAll(output); err != nil {
		return err
	}
	versions := filepath.Join(output, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"list":            version + "\n",
		version + ".info": fmt.Sprintf("{\"Version\": %q}\n", version),
		version + ".mod":  string(goMod),
	} {
		if err := os.WriteFile(filepath.Join(versions, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	archive, err := os.Create(filepath.Join(versions, version+".zip"))
	if err != nil {
		return err
	}
	err = zip.Create(archive, module.Version{Path: path, Version: version}, files)
	return errors.Join(err, archive.Close())
}

// filesOf lists the module's files without the output folder. [zip.Create] leaves out modules
// within the module.
func filesOf(folder, output string) ([]zip.File, error) {
	var files []zip.File
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if filepath.Clean(path) == filepath.Clean(output) {
				return filepath.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(folder, path)
		files = append(files, file{filepath.ToSlash(name), path})
		return err
	})
	return files, err
}

// A file of the archive: its name, and its path in the file system.
type file struct{ name, path string }

func (f file) Path() string                 { return f.name }
func (f file) Lstat() (os.FileInfo, error)  { return os.Lstat(f.path) }
func (f file) Open() (io.ReadCloser, error) { return os.Open(f.path) }
