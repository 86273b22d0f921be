// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An embedder that goes wrong in the way that its setting "fault" names, or FAULT_... when it is compiled. Its vectors have
// FAULT_DIMENSION numbers: a one where the text's bytes say, zeroes elsewhere.
#ifdef FAULT_NO_SYMBOL
#define carma_plugin_entry another_entry
#endif
#include <carma/plugin_abi.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kDimension = 8 };

typedef struct Faulty {
    const carma_host* host;
    const char* fault;
    long at; // which call goes wrong, from 1
    long calls;
} Faulty;

#ifdef FAULT_CRASH_AT_LOAD
__attribute__((constructor)) static void crashAtLoad(void) { abort(); }
#endif

static int is(const Faulty* self, const char* fault) { return self->fault != NULL && strcmp(self->fault, fault) == 0; }

static int32_t openFaulty(const carma_host* host, void** instance, carma_embedder_info* info)
{
    Faulty* self = calloc(1, sizeof *self);
    if (self == NULL) {
        return CARMA_FAILED;
    }
    self->host = host;
    self->fault = host->setting(host->context, "fault");
    const char* at = host->setting(host->context, "at");
    self->at = at == NULL ? 1 : atol(at);
    if (is(self, "open-fails")) {
        host->fail(host->context, "there is no model; install one");
        free(self);
        return CARMA_FAILED;
    }
    info->dimension = is(self, "wrong-dimension") ? kDimension + 1 : is(self, "no-dimension") ? 0 : kDimension;
    info->version = 1;
    info->advised_semantic_weight = 1.5;
    strcpy(info->name, "faulty");
    host->log(host->context, CARMA_LOG_INFO, "opened");
    *instance = self;
    return CARMA_OK;
}

static void vectorOf(const carma_text* text, float* vector)
{
    unsigned sum = 0;
    for (uint64_t i = 0; i < text->bytes; ++i) {
        sum = sum * 31 + (unsigned char)text->data[i];
    }
    memset(vector, 0, sizeof(float) * kDimension);
    vector[sum % kDimension] = text->bytes == 0 ? 0.0F : 1.0F;
}

static void leak(void)
{
    for (;;) {
        char* lost = malloc(1 << 20);
        memset(lost, 1, 1 << 20); // a null pointer ends here, as in programs that do not look
    }
}

static int32_t writesToDisk(const Faulty* self)
{
    const char* path = self->host->setting(self->host->context, "path");
    const int made = open(path, O_CREAT | O_WRONLY, 0600);
    const int opened = open(path, O_RDWR);
    const int plain = open(path, O_WRONLY);
    const int written = plain < 0 ? -1 : (int)write(plain, "spoilt", 6);
    const int removed = unlink(path);
    if (made >= 0 || opened >= 0 || written > 0 || removed == 0) {
        self->host->fail(self->host->context, "could write");
    } else {
        self->host->fail(self->host->context, "could not write");
    }
    return CARMA_FAILED;
}

static int32_t goWrong(const Faulty* self, uint64_t count, float* vectors, uint64_t capacity, uint64_t* written)
{
    volatile float* cell = vectors;
    if (is(self, "crash")) {
        raise(SIGSEGV);
    } else if (is(self, "exit")) {
        exit(3);
    } else if (is(self, "hang")) {
        for (;;) {
            pause();
        }
    } else if (is(self, "leak")) {
        leak();
    } else if (is(self, "overrun")) {
        for (uint64_t i = 0; i < capacity + 2048; ++i) {
            cell[i] = 1.0F;
        }
    } else if (is(self, "wrong-shape")) {
        *written = count * (kDimension - 1);
    } else if (is(self, "nan")) {
        cell[kDimension - 1] = NAN;
    } else if (is(self, "infinite")) {
        cell[0] = INFINITY;
    } else if (is(self, "long")) {
        cell[0] = 3.0F;
        cell[1] = 4.0F;
    } else if (is(self, "fails")) {
        self->host->fail(self->host->context, "the device is away; plug it in");
        return CARMA_UNAVAILABLE;
    } else if (is(self, "fails-once") && self->calls == self->at) {
        self->host->fail(self->host->context, "this call");
        return CARMA_FAILED;
    } else if (is(self, "prints")) {
        return write(STDOUT_FILENO, "hello", 5) == 5 ? CARMA_OK : CARMA_FAILED;
    } else if (is(self, "disk")) {
        return writesToDisk(self);
    } else if (is(self, "signal")) {
        char* const arguments[] = {(char*)"true", NULL};
        execv("/bin/true", arguments);
        self->host->fail(self->host->context, fork() < 0 ? "could not start a program" : "could start a program");
        return CARMA_FAILED;
    }
    return CARMA_OK;
}

static int32_t embedFaulty(void* instance, const carma_text* texts, uint64_t count, float* vectors, uint64_t capacity, uint64_t* written)
{
    Faulty* self = instance;
    for (uint64_t i = 0; i < count; ++i) {
        vectorOf(&texts[i], vectors + i * kDimension);
    }
    *written = count * kDimension;
    return ++self->calls < self->at ? CARMA_OK : goWrong(self, count, vectors, capacity, written);
}

static void closeFaulty(void* instance) { free(instance); }

const carma_plugin* carma_plugin_entry(uint32_t host_abi)
{
    static const carma_embedder embedder = {sizeof embedder, 0, openFaulty, embedFaulty, closeFaulty};
#ifdef FAULT_OTHER_ABI
    static const carma_plugin plugin = {sizeof plugin, CARMA_PLUGIN_ABI + 1, CARMA_KIND_EMBEDDER, 0, "faulty", &embedder, NULL};
#elif defined(FAULT_SHORT_TABLE)
    static const carma_plugin plugin = {16, CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "faulty", &embedder, NULL};
#elif defined(FAULT_OTHER_NAME)
    static const carma_plugin plugin = {sizeof plugin, CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "other", &embedder, NULL};
#else
    static const carma_plugin plugin = {sizeof plugin, CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "faulty", &embedder, NULL};
#endif
    (void)host_abi;
    return &plugin;
}
