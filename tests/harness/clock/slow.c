/* Loaded before the C library: all clocks go slower, by the factor in CLOCK_SLOWED. Waits are not
 * changed: a program that waits for a time by its clock waits again until the time has come. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CLOCKS 16
#define NANOS_PER_SECOND 1000000000LL

static long long begun[CLOCKS];
static long long factor = 1;

static long long nanos(clockid_t clock) {
    struct timespec now;
    if (syscall(SYS_clock_gettime, clock, &now))
        return -1;
    return now.tv_sec * NANOS_PER_SECOND + now.tv_nsec;
}

__attribute__((constructor)) static void begin(void) {
    const char *slowed = getenv("CLOCK_SLOWED");
    for (int clock = 0; clock < CLOCKS; clock++)
        begun[clock] = nanos(clock);
    factor = slowed ? atoll(slowed) : 1;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    long long now = nanos(clock);
    if (now < 0 || clock < 0 || clock >= CLOCKS)
        return (int)syscall(SYS_clock_gettime, clock, time);
    now = begun[clock] + (now - begun[clock]) / factor;
    time->tv_sec = now / NANOS_PER_SECOND;
    time->tv_nsec = now % NANOS_PER_SECOND;
    return 0;
}

int gettimeofday(struct timeval *restrict value, void *restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    value->tv_sec = now.tv_sec;
    value->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
