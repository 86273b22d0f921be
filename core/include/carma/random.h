// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>

#include <cstdint>

namespace carma {

/// Randomness, injected. Thread-safe.
class Random {
public:
    virtual ~Random() = default;
    /// Fills `out` with random bytes. The system source is fit for keys; a seeded one is for tests only.
    virtual void fill(ByteSpan out) = 0;
    [[nodiscard]] std::uint64_t next64();
};

/// The operating system's cryptographic generator, through OpenSSL. Aborts if the generator fails.
Random& systemRandom();

} // namespace carma
