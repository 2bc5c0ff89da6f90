// What Debian's libstdc++ and libgcc_s take from glibc and musl does not have.
// SPDX-License-Identifier: Apache-2.0
//
// The runtime for musl needs a C++ library for musl, and Debian has none. With this file loaded
// before all others musl's loader takes Debian's, which knows the C locale alone then. For tests:
// on Alpine nothing of this is needed. Called from every thread.
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

char __libc_single_threaded = 0;

// libgcc_s has these under an old version only, which musl does not bind; nobody here asks about
// the CPU.
struct {
    unsigned vendor, type, subtype, features[1];
} __cpu_model;

int __cpu_indicator_init(void) { return 0; }

uint32_t arc4random(void) {
    uint32_t value;
    if (getentropy(&value, sizeof(value)) != 0) abort();
    return value;
}

// ---- locales: libstdc++ looks into glibc's structure for the tables of <ctype.h> ----

struct glibc_locale {
    void *categories[13];
    const unsigned short *class;
    const int *tolower;
    const int *toupper;
    const char *names[13];
};

const unsigned short **__ctype_b_loc(void);
const int **__ctype_tolower_loc(void);
const int **__ctype_toupper_loc(void);

static struct glibc_locale c_locale;

static void fill_c_locale(void) {
    c_locale.class = *__ctype_b_loc();
    c_locale.tolower = *__ctype_tolower_loc();
    c_locale.toupper = *__ctype_toupper_loc();
    for (int i = 0; i < 13; i++) c_locale.names[i] = "C";
}

struct glibc_locale *__newlocale(int categories, const char *name, struct glibc_locale *base) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)categories, (void)name, (void)base;
    pthread_once(&once, fill_c_locale);
    return &c_locale;
}

struct glibc_locale *__duplocale(struct glibc_locale *locale) {
    return locale;
}

void __freelocale(struct glibc_locale *locale) { (void)locale; }

struct glibc_locale *__uselocale(struct glibc_locale *locale) {
    (void)locale;
    return __newlocale(0, "C", NULL);
}

size_t __strftime_l(char *text, size_t size, const char *format, const struct tm *time,
                    struct glibc_locale *locale) {
    (void)locale;
    return strftime(text, size, format, time);
}

// ---- destructors of thread_local objects ----

struct destructor {
    void (*call)(void *object);
    void *object;
    struct destructor *next;
};

static pthread_key_t destructors;

static void call_destructors(void *list) {
    struct destructor *next;
    for (struct destructor *i = list; i; i = next) {
        next = i->next;
        i->call(i->object);
        free(i);
    }
}

static void make_key(void) {
    if (pthread_key_create(&destructors, call_destructors) != 0) abort();
}

int __cxa_thread_atexit_impl(void (*call)(void *object), void *object, void *library) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)library;
    pthread_once(&once, make_key);
    struct destructor *added = malloc(sizeof(*added));
    if (!added) return -1;
    *added = (struct destructor){call, object, pthread_getspecific(destructors)};
    return pthread_setspecific(destructors, added);
}

// ---- where the unwinder finds the tables of the code at an address (glibc 2.35) ----

struct found_object {
    unsigned long long flags;
    void *start, *end;
    struct link_map *link_map;
    void *eh_frame;
    unsigned long long reserved[7];
};

struct search {
    uintptr_t pc;
    struct found_object *found;
};

static int look_into(struct dl_phdr_info *object, size_t size, void *data) {
    (void)size;
    const struct search *search = data;
    const ElfW(Phdr) *code = NULL, *tables = NULL;
    for (const ElfW(Phdr) *i = object->dlpi_phdr; i < object->dlpi_phdr + object->dlpi_phnum; i++) {
        if (i->p_type == PT_GNU_EH_FRAME) tables = i;
        if (i->p_type == PT_LOAD && search->pc - object->dlpi_addr - i->p_vaddr < i->p_memsz)
            code = i;
    }
    if (!code || !tables) return 0;
    char *base = (char *)object->dlpi_addr;  // NOLINT(performance-no-int-to-ptr)
    *search->found = (struct found_object){.start = base + code->p_vaddr,
                                           .end = base + code->p_vaddr + code->p_memsz,
                                           .eh_frame = base + tables->p_vaddr};
    return 1;
}

int _dl_find_object(void *pc, struct found_object *found) {
    struct search search = {(uintptr_t)pc, found};
    return dl_iterate_phdr(look_into, &search) ? 0 : -1;
}
