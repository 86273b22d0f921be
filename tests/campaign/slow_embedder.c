// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// For the campaign: an embedder that takes its time, as models do. Each word adds 1 or -1 to one of 64 numbers; a text takes the
// setting pause_us on top.
#include <carma/plugin_abi.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kDimension = 64 };

typedef struct Slow {
    const carma_host* host;
    long pauseUs;
} Slow;

static int32_t openSlow(const carma_host* host, void** instance, carma_embedder_info* info)
{
    Slow* self = calloc(1, sizeof *self);
    if (self == NULL) {
        return CARMA_FAILED;
    }
    const char* pause = host->setting(host->context, "pause_us");
    self->host = host;
    self->pauseUs = pause == NULL ? 0 : atol(pause);
    info->dimension = kDimension;
    info->version = 1;
    strcpy(info->name, "words");
    *instance = self;
    return CARMA_OK;
}

static void vectorOf(const carma_text* text, float* vector)
{
    uint32_t hash = 0;
    float squares = 0;
    memset(vector, 0, sizeof(float) * kDimension);
    for (uint64_t i = 0; i <= text->bytes; ++i) {
        if (i < text->bytes && text->data[i] != ' ') {
            hash = (hash + (unsigned char)text->data[i]) * 16777619U;
        } else if (hash != 0) {
            hash = (hash ^ (hash >> 15)) * 2246822519U;
            vector[hash % kDimension] += (hash >> 16) & 1U ? 1.0F : -1.0F;
            hash = 0;
        }
    }
    for (int i = 0; i < kDimension; ++i) {
        squares += vector[i] * vector[i];
    }
    for (int i = 0; i < kDimension && squares > 0; ++i) {
        vector[i] /= sqrtf(squares);
    }
}

static int32_t embedSlow(void* instance, const carma_text* texts, uint64_t count, float* vectors, uint64_t capacity, uint64_t* written)
{
    const Slow* self = instance;
    (void)capacity;
    for (uint64_t i = 0; i < count; ++i) {
        vectorOf(&texts[i], vectors + i * kDimension);
    }
    const uint64_t pauseUs = count * (uint64_t)self->pauseUs;
    const struct timespec pause = {(time_t)(pauseUs / 1000000U), (long)(pauseUs % 1000000U) * 1000L};
    nanosleep(&pause, NULL);
    *written = count * kDimension;
    return CARMA_OK;
}

static void closeSlow(void* instance) { free(instance); }

const carma_plugin* carma_plugin_entry(uint32_t host_abi)
{
    static const carma_embedder embedder = {sizeof embedder, 0, openSlow, embedSlow, closeSlow};
    static const carma_plugin plugin = {sizeof plugin, CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "slow", &embedder, NULL};
    (void)host_abi;
    return &plugin;
}
