// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: MIT
//
// The interface between CARMA and its plugins: plain C11, no dependency but <stdint.h>. A plugin is a shared library that
// exports carma_plugin_entry, and a file plugin.json beside it that says what it is (plugins/README.md has every field).
//
// Versions. Every struct begins with its size in bytes as the side that filled it knew it. Later versions only add members at
// the end, so a reader looks at a member only if `size` covers it: CARMA_HAS(pointer, member). CARMA_PLUGIN_ABI changes
// only when an old plugin could no longer be run; a host refuses a plugin of another ABI before it calls anything else.
//
// Threads. The host calls carma_plugin_entry once. open and close of one instance are never called at the same time as
// anything else of that instance; embed and reconstruct are called by one thread at a time for each instance, not always the
// same thread. Several instances may be in use at once. The host's services may be called from any thread, also from threads
// of the plugin, as long as the instance is open. An instance may start threads; close must have ended them.
//
// Memory. What the host passes belongs to the host and is valid until the call returns. What a plugin returns in
// carma_answer is allocated with host->allocate and becomes the host's.
//
// Errors. Functions return CARMA_OK or another status after they have told host->fail a sentence why. No exception may leave
// a plugin: one that does ends its process, and the host reports that.
#ifndef CARMA_PLUGIN_ABI_H
#define CARMA_PLUGIN_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CARMA_PLUGIN_ABI 1u

// Whether the side that filled *pointer knew the member.
#define CARMA_HAS(pointer, member) ((pointer)->size >= (uint32_t)((const char*)(&(pointer)->member + 1) - (const char*)(pointer)))

#if defined(__GNUC__)
#define CARMA_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define CARMA_PLUGIN_EXPORT
#endif

// Status of a call.
#define CARMA_OK 0
#define CARMA_FAILED 1      // this call failed; the next may succeed
#define CARMA_CANCELLED 2   // host->cancelled said so
#define CARMA_UNAVAILABLE 3 // something that the plugin needs is away for now: a server, a device

#define CARMA_KIND_EMBEDDER 1u
#define CARMA_KIND_RECONSTRUCTOR 2u

#define CARMA_LOG_DEBUG 0
#define CARMA_LOG_INFO 1
#define CARMA_LOG_WARNING 2

// Services of the host for one instance. `context` is to be passed back as it is.
typedef struct carma_host {
    uint32_t size;
    uint32_t abi;
    void* context;
    // One line of UTF-8, ended by a zero byte. Never write a secret or a user's text to it.
    void (*log)(void* context, int32_t level, const char* message);
    // Not zero once the caller wants the current call to end. Long calls ask at least once a second.
    int32_t (*cancelled)(void* context);
    // Memory at an address that 64 divides, or null. For carma_answer; otherwise plugins use what they like.
    void* (*allocate)(void* context, uint64_t bytes);
    void (*release)(void* context, void* memory);
    // The value of a setting of plugin.json as text: what the user chose, or the default. Null for a name that is not there.
    // Valid while the instance is open.
    const char* (*setting)(void* context, const char* name);
    // Says why the current call of this thread is about to fail: one sentence with cause and next step.
    void (*fail)(void* context, const char* message);
} carma_host;

// UTF-8 that may hold zero bytes and is not ended by one. `data` may be null if `bytes` is 0.
typedef struct carma_text {
    const char* data;
    uint64_t bytes;
} carma_text;

// What an opened embedder is. The host sets `size` and zeroes the rest, the plugin fills it in open.
typedef struct carma_embedder_info {
    uint32_t size;
    uint32_t dimension;             // numbers of a vector, 1 to 4096
    uint32_t version;               // another one means that vectors of the same text differ
    uint32_t batch;                 // most texts of a call; 0 for any number
    double advised_semantic_weight; // 0 for none
    char name[64];                  // of the model; UTF-8, ended by a zero byte
} carma_embedder_info;

typedef struct carma_embedder {
    uint32_t size;
    uint32_t reserved; // 0
    // On CARMA_OK *instance is what the other functions get. `host` is valid until close has returned.
    int32_t (*open)(const carma_host* host, void** instance, carma_embedder_info* info);
    // Writes one vector a text to `vectors`, row after row, L2-normalised float32; all zeroes for a text without content. The
    // room is `capacity` numbers, at least count times dimension. *written is how many numbers were written.
    int32_t (*embed)(void* instance, const carma_text* texts, uint64_t count, float* vectors, uint64_t capacity, uint64_t* written);
    void (*close)(void* instance);
} carma_embedder;

// A passage is lost; what stands around it is not.
typedef struct carma_gap {
    uint32_t size;
    uint32_t before_count;
    uint32_t after_count;
    uint32_t reserved;
    const carma_text* before; // the nearest last
    const carma_text* after;  // the nearest first
    uint64_t bytes;           // length of what is lost, 0 if unknown
} carma_gap;

// A hypothesis. The host sets `size` and zeroes the rest. No text (bytes 0) says that there is none.
typedef struct carma_answer {
    uint32_t size;
    uint32_t evidence_count;
    carma_text text;    // `data` from host->allocate
    uint32_t* evidence; // from host->allocate: positions in before, then after
    double confidence;  // 0 to 1
} carma_answer;

typedef struct carma_reconstructor {
    uint32_t size;
    uint32_t reserved; // 0
    int32_t (*open)(const carma_host* host, void** instance);
    int32_t (*reconstruct)(void* instance, const carma_gap* gap, carma_answer* answer);
    void (*close)(void* instance);
} carma_reconstructor;

// What carma_plugin_entry returns: static storage of the plugin.
typedef struct carma_plugin {
    uint32_t size;
    uint32_t abi;  // CARMA_PLUGIN_ABI of the header it was compiled with
    uint32_t kind; // one of CARMA_KIND_...
    uint32_t reserved;
    const char* name;                         // as in plugin.json
    const carma_embedder* embedder;           // null for the other kind
    const carma_reconstructor* reconstructor; // null for the other kind
} carma_plugin;

// The one symbol that a plugin exports. `host_abi` is the host's CARMA_PLUGIN_ABI. Null if the plugin cannot be used with it.
CARMA_PLUGIN_EXPORT const carma_plugin* carma_plugin_entry(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif
