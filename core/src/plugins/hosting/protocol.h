// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"
#include "plugins/hosting/instance.h"

#include <carma/plugins.h>

#include <cstdint>

/// What this process and carma-plugin-worker say to each other. Control goes over a socket in frames: magic, what it is, the
/// size of what follows. Texts and vectors of a batch are in memory that both share and whose size is sealed:
///
///     | u64 offset, u64 bytes of each text | texts, one after another | ... | float32 vectors, up to the end |
///
/// Vectors end where the memory ends, so that a plugin that writes too many is stopped by the processor. Offsets are from the
/// start of the memory. Bytes from the other side are not trusted by this process.
namespace carma::plugins {

inline constexpr std::uint32_t kFrameMagic = 0x4D52'4143; // "CARM"
inline constexpr std::size_t kFrameHeadBytes = 16;
inline constexpr std::size_t kFrameBytesMax = 4U << 20U; ///< settings, gaps, hypotheses and messages
inline constexpr std::size_t kTextEntryBytes = 16;
inline constexpr std::size_t kVectorAlignment = 64;
inline constexpr int kWorkerOutOfMemory = 97; ///< exit status of a worker whose plugin asked for more than it may have

enum class FrameKind : std::uint32_t {
    Open = 1,    ///< to the worker: library, name, kind, settings. Answer: Done with EmbedderFacts (nothing for a reconstructor)
    Embed,       ///< to the worker: u32 first text, u32 count, u64 offset of their vectors, u64 room for them. Answer: Done
    Reconstruct, ///< to the worker: the gap. Answer: Done with the hypothesis
    Done,        ///< from the worker
    Failed,      ///< from the worker: u8 error code, message
    Log,         ///< from the worker, before an answer: i32 level, line
};

/// Where the vectors of a batch begin. REQUIRES: they fit
inline std::size_t vectorOffset(std::size_t texts, std::uint32_t dimension)
{
    return (kPluginBatchBytes - texts * dimension * sizeof(float)) / kVectorAlignment * kVectorAlignment;
}

struct FrameHead {
    FrameKind kind = FrameKind::Failed;
    std::uint64_t bytes = 0;
};

/// A frame as it is sent.
Bytes frame(FrameKind kind, ByteView payload);

/// Nothing that makes sense: a kind that is 0.
FrameHead parseHead(ByteView head);

struct OpenRequest {
    LibraryRequest library;
    Settings settings;
};

Bytes encodeOpen(const OpenRequest& request);
Result<OpenRequest> decodeOpen(ByteView payload);
Bytes encodeFacts(const EmbedderFacts& facts);
Result<EmbedderFacts> decodeFacts(ByteView payload);
Bytes encodeGap(const Gap& gap);
Result<Gap> decodeGap(ByteView payload);
Bytes encodeHypothesis(const Hypothesis& found);
Result<Hypothesis> decodeHypothesis(ByteView payload);

} // namespace carma::plugins
