// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/log_segment/memory_disk.h"
#include "log/sector/sector.h"

#include <carma/assert.h>
#include <carma/random.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What the fuzz targets share: a reader of inputs, and edits of valid files that an input describes.
///
/// Random bytes alone do not get past checks of 128 bits. So most inputs are programs: a list of edits applied to files that
/// were written well. In a *damaging* input edits are what a disk does (flips, noise, zeroes, lost ends, misplaced sectors),
/// no check is ever made to hold, and a target can demand that nothing wrong is read as good. A *forging* input may write
/// any bytes and have checks computed again, to reach the parsers behind them; there only crashes, hangs and greed count.
namespace carma::fuzz {

/// The bytes of one input from front to back. Past the end everything is zero: any input is a valid program.
class Input {
public:
    explicit Input(ByteView bytes) : m_rest(bytes) {}

    std::uint8_t byte();
    std::uint16_t u16();
    std::uint32_t u32();
    std::uint64_t u64();
    /// 0 <= result < limit; 0 if limit is 0.
    std::uint64_t below(std::uint64_t limit);
    ByteView take(std::size_t sizeMax); ///< not owned
    ByteView rest() { return take(m_rest.size()); }
    [[nodiscard]] bool atEnd() const { return m_rest.empty(); }

private:
    ByteView m_rest;
};

/// The same bytes for the same seed, for images and for noise that is no part of the input.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : m_state(seed) {}
    void fill(ByteSpan out) override;
    Bytes bytes(std::size_t size);

private:
    std::uint64_t m_state;
};

/// Files that edits act on; no value: the file is gone.
using Files = std::vector<std::optional<Bytes>>;

/// Makes the check of a framed sector hold again after an edit. `sector` counts from the start of the file.
using Reframe = std::function<void(std::size_t file, std::uint64_t sector, std::span<std::byte, log::kSectorBytes> bytes)>;

enum class Intent : std::uint8_t { Damage, Forge };

struct EditLimits {
    std::size_t editsMax = 64;
    std::size_t fileBytesMax = 1U << 20U;
};

/// Applies the input's edits until it ends. `reframe` is used only when forging; it may be empty.
void applyEdits(Input& input, Intent intent, Files& files, const Reframe& reframe, const EditLimits& limits = {});

/// Computes the check and the code of a framed sector anew, whatever its head and payload say.
void reframeSector(const log::SectorPlace& place, std::span<std::byte, log::kSectorBytes> bytes);

/// Puts `files` at `paths` of the disk; a file that is gone is left out.
void load(test::MemoryDisk& disk, const std::vector<std::string>& paths, const Files& files);

} // namespace carma::fuzz

/// What a target may do once before its first input.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
