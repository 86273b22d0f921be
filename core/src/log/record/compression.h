// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/record/record.h"

/// zstd (RFC 8878), seen from the record code. Each thread keeps one context for each direction. Thread-safe.
namespace carma::log {

/// Compresses `plain` into `out` (replaced). False if that does not save at least one byte; `out` is then unspecified.
bool compress(ByteView plain, const Dictionary* dictionary, Bytes& out);

/// Corruption unless `packed` is one frame of exactly `rawBytes` bytes. Allocates rawBytes, whatever the frame claims.
Result<Bytes> decompress(ByteView packed, std::size_t rawBytes, const Dictionary* dictionary);

/// Trains on samples that lie one after the other. Empty if zstd finds nothing to train on.
Bytes trainOnSamples(ByteView samples, const std::vector<std::size_t>& sizes, std::size_t dictionaryBytesMax);

} // namespace carma::log
