// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: MIT
//
// A whole embedder: a word adds 1 or -1 to one of 64 numbers, and the sum gets the length 1. Copy the folder, rename it, and put your
// model in the place of addWord.
#include <carma/plugin_abi.h>

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIMENSION = 64 };

// What belongs to one opened embedder: a model, a connection, the settings.
typedef struct Instance {
    const carma_host* host;
    int lowercase;
} Instance;

static int32_t openInstance(const carma_host* host, void** instance, carma_embedder_info* info)
{
    const char* lowercase = host->setting(host->context, "lowercase");
    Instance* self = malloc(sizeof *self);
    if (self == NULL) {
        host->fail(host->context, "there is no memory left");
        return CARMA_FAILED;
    }
    self->host = host;
    self->lowercase = lowercase != NULL && strcmp(lowercase, "true") == 0;
    info->dimension = DIMENSION;
    info->version = 1; // another number once the vectors change
    strcpy(info->name, "words");
    *instance = self;
    return CARMA_OK;
}

static void addWord(float* vector, uint32_t hash)
{
    hash = (hash ^ (hash >> 15)) * 2246822519u;
    vector[hash % DIMENSION] += (hash >> 16) & 1u ? 1.0f : -1.0f;
}

static void embedText(const Instance* self, const carma_text* text, float* vector)
{
    memset(vector, 0, DIMENSION * sizeof *vector);
    uint32_t hash = 0;
    for (uint64_t i = 0; i < text->bytes; ++i) {
        const unsigned char c = (unsigned char)text->data[i];
        if (isalnum(c) || c >= 0x80) {
            hash = (hash + (uint32_t)(self->lowercase ? tolower(c) : c) + 1u) * 16777619u;
        }
        if (hash != 0 && (i + 1 == text->bytes || !(isalnum(c) || c >= 0x80))) {
            addWord(vector, hash);
            hash = 0;
        }
    }
    float squares = 0;
    for (int i = 0; i < DIMENSION; ++i) {
        squares += vector[i] * vector[i];
    }
    for (int i = 0; i < DIMENSION && squares > 0; ++i) {
        vector[i] /= sqrtf(squares);
    }
}

static int32_t embed(void* instance, const carma_text* texts, uint64_t count, float* vectors, uint64_t capacity, uint64_t* written)
{
    const Instance* self = instance;
    (void)capacity; // at least count times DIMENSION
    for (uint64_t i = 0; i < count; ++i) {
        if (self->host->cancelled(self->host->context)) {
            return CARMA_CANCELLED;
        }
        embedText(self, &texts[i], vectors + i * DIMENSION);
    }
    *written = count * DIMENSION;
    return CARMA_OK;
}

static void closeInstance(void* instance) { free(instance); }

const carma_plugin* carma_plugin_entry(uint32_t host_abi)
{
    static const carma_embedder embedder = {sizeof embedder, 0, openInstance, embed, closeInstance};
    static const carma_plugin plugin = {sizeof plugin, CARMA_PLUGIN_ABI, CARMA_KIND_EMBEDDER, 0, "template", &embedder, NULL};
    (void)host_abi;
    return &plugin;
}
