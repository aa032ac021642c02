/* A layer between programs and the disk, for LD_PRELOAD: it numbers everything that changes files
   below some folders, over all processes, writes that down with its data, and can make one step
   fail. See faults.py, which reads the log.

   FAULTS_ROOTS  folders, with ':' between them
   FAULTS_LOG    where steps are written down
   FAULTS_AT     number of the step that fails, from 1
   FAULTS_ERROR  its errno; 0: every process of the group is killed in place of the step
   FAULTS_LAST   number of the last step that fails */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_file = -1;

static long number_of(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

static int watched(const char *path) {
    const char *roots = getenv("FAULTS_ROOTS");
    while (roots && *roots) {
        size_t size = strcspn(roots, ":");
        if (!strncmp(path, roots, size) && (path[size] == '/' || !path[size])) return 1;
        roots += size + (roots[size] == ':');
    }
    return 0;
}

/* An absolute path; the name itself may not be there yet. */
static int absolute(int folder, const char *name, char *path) {
    char link[64], start[PATH_MAX] = "";
    if (name[0] != '/') {
        if (folder == AT_FDCWD) {
            if (!getcwd(start, sizeof start)) return 0;
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
            ssize_t size = readlink(link, start, sizeof start - 1);
            if (size < 0) return 0;
            start[size] = 0;
        }
    }
    return snprintf(path, PATH_MAX, "%s%s%s", start, *start ? "/" : "", name) < PATH_MAX;
}

static int of_handle(int handle, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t size = readlink(link, path, PATH_MAX - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return watched(path);
}

static void put(const void *data, size_t size) {
    const char *left = data;
    while (size) {
        ssize_t count = REAL(write)(log_file, left, size);
        if (count <= 0) abort();
        left += count;
        size -= (size_t)count;
    }
}

/* Held while a step is taken, so that the log has the order in which steps happened. */
static void enter(void) {
    pthread_mutex_lock(&mutex);
    if (log_file < 0) {
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
        log_file = real(getenv("FAULTS_LOG"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (log_file < 0) abort();
    }
    while (flock(log_file, LOCK_EX)) {}
}

static void leave(void) {
    flock(log_file, LOCK_UN);
    pthread_mutex_unlock(&mutex);
}

/* Whether this step fails; the log begins with how many there were. */
static int fails(void) {
    uint64_t count = 0;
    pread64(log_file, &count, sizeof count, 0);
    count++;
    REAL(pwrite64)(log_file, &count, sizeof count, 0);
    long at = number_of("FAULTS_AT"), last = number_of("FAULTS_LAST");
    if (!at || (long)count < at || (long)count > (last ? last : at)) return 0;
    if (!number_of("FAULTS_ERROR")) {
        kill(0, SIGKILL);
        pause();
    }
    errno = (int)number_of("FAULTS_ERROR");
    return 1;
}

static void note(char what, int64_t offset, const char *path, const void *data, size_t size) {
    uint64_t head[3] = {(uint64_t)offset, strlen(path), size};
    lseek(log_file, 0, SEEK_END);
    put(&what, 1);
    put(head, sizeof head);
    put(path, head[1]);
    put(data, size);
}

#define STEP(result, call, ...)                     \
    enter();                                        \
    result = fails() ? -1 : (call);                 \
    { int kept = errno; if (result >= 0) note(__VA_ARGS__); leave(); errno = kept; }

static int opened(const char *symbol, int folder, const char *name, int flags, mode_t mode) {
    int (*real)(int, const char *, int, ...) = dlsym(RTLD_NEXT, symbol);
    char path[PATH_MAX];
    struct stat status;
    int makes = flags & (O_CREAT | O_TRUNC) && (flags & O_TMPFILE) != O_TMPFILE;
    if (!makes || !absolute(folder, name, path) || !watched(path)) return real(folder, name, flags, mode);
    if (!(flags & O_TRUNC) && !stat(path, &status)) return real(folder, name, flags, mode);
    int result;
    STEP(result, real(folder, name, flags, mode), 'c', 0, path, "", 0)
    return result;
}

#define MODE                                                   \
    mode_t mode = 0;                                           \
    if (flags & (O_CREAT | O_TMPFILE)) {                       \
        va_list rest;                                          \
        va_start(rest, flags);                                 \
        mode = va_arg(rest, mode_t);                           \
        va_end(rest);                                          \
    }

int open(const char *name, int flags, ...) { MODE return opened("openat", AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE return opened("openat64", AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE return opened("openat", folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE return opened("openat64", folder, name, flags, mode); }

static int64_t place(int handle) {
    int flags = fcntl(handle, F_GETFL);
    struct stat status;
    if (flags & O_APPEND && !fstat(handle, &status)) return status.st_size;
    return lseek(handle, 0, SEEK_CUR);
}

ssize_t write(int handle, const void *data, size_t size) {
    char path[PATH_MAX];
    if (handle == log_file || !of_handle(handle, path)) return REAL(write)(handle, data, size);
    int64_t offset = place(handle);
    ssize_t result;
    STEP(result, REAL(write)(handle, data, size), 'w', offset, path, data, (size_t)result)
    return result;
}

static ssize_t written(const char *symbol, int handle, const void *data, size_t size, off64_t offset) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, symbol);
    char path[PATH_MAX];
    if (handle == log_file || !of_handle(handle, path)) return real(handle, data, size, offset);
    ssize_t result;
    STEP(result, real(handle, data, size, offset), 'w', offset, path, data, (size_t)result)
    return result;
}

ssize_t pwrite(int handle, const void *data, size_t size, off_t offset) { return written("pwrite", handle, data, size, offset); }
ssize_t pwrite64(int handle, const void *data, size_t size, off64_t offset) { return written("pwrite64", handle, data, size, offset); }

static int on_handle(const char *symbol, char what, int handle) {
    int (*real)(int) = dlsym(RTLD_NEXT, symbol);
    char path[PATH_MAX];
    if (!of_handle(handle, path)) return real(handle);
    int result;
    STEP(result, real(handle), what, 0, path, "", 0)
    return result;
}

int fsync(int handle) { return on_handle("fsync", 's', handle); }
int fdatasync(int handle) { return on_handle("fdatasync", 's', handle); }

static int cut(const char *symbol, int handle, off64_t size) {
    int (*real)(int, off64_t) = dlsym(RTLD_NEXT, symbol);
    char path[PATH_MAX];
    if (!of_handle(handle, path)) return real(handle, size);
    int result;
    STEP(result, real(handle, size), 't', size, path, "", 0)
    return result;
}

int ftruncate(int handle, off_t size) { return cut("ftruncate", handle, size); }
int ftruncate64(int handle, off64_t size) { return cut("ftruncate64", handle, size); }

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    char before[PATH_MAX], after[PATH_MAX];
    if (!absolute(from_folder, from, before) || !absolute(to_folder, to, after) || !watched(after))
        return REAL(renameat)(from_folder, from, to_folder, to);
    int result;
    STEP(result, REAL(renameat)(from_folder, from, to_folder, to), 'r', 0, before, after, strlen(after))
    return result;
}

int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int unlinkat(int folder, const char *name, int flags) {
    char path[PATH_MAX];
    if (!absolute(folder, name, path) || !watched(path)) return REAL(unlinkat)(folder, name, flags);
    int result;
    STEP(result, REAL(unlinkat)(folder, name, flags), 'u', 0, path, "", 0)
    return result;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdirat(int folder, const char *name, mode_t mode) {
    char path[PATH_MAX];
    if (!absolute(folder, name, path) || !watched(path)) return REAL(mkdirat)(folder, name, mode);
    int result;
    STEP(result, REAL(mkdirat)(folder, name, mode), 'd', 0, path, "", 0)
    return result;
}

int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }
