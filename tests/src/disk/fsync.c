/* Loaded before the C library: fsync and fdatasync fail as long as the file FSYNC_FAILS_WHILE is there. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int sync_file(long number, int file) {
    const char *name = getenv("FSYNC_FAILS_WHILE");
    if (name && access(name, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(number, file);
}

int fsync(int file) { return sync_file(SYS_fsync, file); }
int fdatasync(int file) { return sync_file(SYS_fdatasync, file); }
