/* Loaded before the C library. Environment variables name files that control fsync and fdatasync.
 * Both fail as long as the file FSYNC_FAILS_WHILE exists. If the file FSYNC_FAILS_ONCE exists, one
 * call fails and removes that file. If FSYNC_FAILS_OF is set, calls fail only for files whose names
 * end with its value. Both functions wait as long as the file FSYNC_WAITS_WHILE exists. When a call
 * waits, it creates a file with that name and `.waits` appended. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_meant(int file) {
    const char *end = getenv("FSYNC_FAILS_OF");
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, name, sizeof name);
    ssize_t least = end ? (ssize_t)strlen(end) : 0;
    return length >= least && memcmp(name + length - least, end ? end : "", (size_t)least) == 0;
}

static void wait_if_told(void) {
    const char *waits = getenv("FSYNC_WAITS_WHILE");
    char name[4096];
    while (waits && access(waits, F_OK) == 0) {
        snprintf(name, sizeof name, "%s.waits", waits);
        close(open(name, O_CREAT | O_WRONLY, 0600));
        usleep(5000);
    }
}

static int sync_file(long number, int file) {
    wait_if_told();
    const char *always = getenv("FSYNC_FAILS_WHILE"), *once = getenv("FSYNC_FAILS_ONCE");
    int fails = always && access(always, F_OK) == 0 && is_meant(file);
    if (!fails && once && access(once, F_OK) == 0)
        fails = is_meant(file) && unlink(once) == 0;
    if (fails) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(number, file);
}

int fsync(int file) { return sync_file(SYS_fsync, file); }
int fdatasync(int file) { return sync_file(SYS_fdatasync, file); }
