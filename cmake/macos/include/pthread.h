// Threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>

typedef struct nr_mac_thread *pthread_t;

typedef struct {
    long signature;
    char state[56];
} pthread_attr_t;
typedef struct {
    long signature;
    char state[56];
} pthread_mutex_t;
typedef struct {
    long signature;
    char state[40];
} pthread_cond_t;
typedef struct {
    long signature;
    char state[8];
} pthread_once_t;
typedef struct nr_mac_mutex_attributes pthread_mutexattr_t;
typedef struct nr_mac_condition_attributes pthread_condattr_t;

#define PTHREAD_MUTEX_INITIALIZER \
    { 0x32AAABA7, {0} }
#define PTHREAD_COND_INITIALIZER \
    { 0x3CB0B1BB, {0} }
#define PTHREAD_ONCE_INIT \
    { 0x30B1BCBA, {0} }

int pthread_attr_init(pthread_attr_t *attributes);
int pthread_attr_destroy(pthread_attr_t *attributes);
int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size);
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *),
                   void *context);
int pthread_join(pthread_t thread, void **result);
int pthread_once(pthread_once_t *once, void (*work)(void));
int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int pthread_mutex_destroy(pthread_mutex_t *mutex);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int pthread_cond_destroy(pthread_cond_t *condition);
int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int pthread_cond_signal(pthread_cond_t *condition);
int pthread_cond_broadcast(pthread_cond_t *condition);
