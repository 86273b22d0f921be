// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "access/key_form.h"

#include <carma/random.h>
#include <carma/secret_bytes.h>

#include <cstdint>

namespace carma::access {

/// Makes key texts from 256 bits of the generator each. It asks the generator for many at once; what waits is wiped when it was used. In
/// a process that was forked off it begins anew: parent and child never give the same secret.
/// Not thread-safe: one for each thread.
class KeyMaker {
public:
    explicit KeyMaker(Random& random) : m_random(random), m_waiting(kSecretsAtOnce * kKeySecretBytes), m_used(m_waiting.size()) {}

    /// Writes a new key of this stem; gives its size.
    std::size_t make(const KeyStem& stem, std::span<char, kKeyFormMax> out);

private:
    static constexpr std::size_t kSecretsAtOnce = 128;

    Random& m_random;
    SecretBytes m_waiting;
    std::size_t m_used;
    std::uint32_t m_forks = 0; ///< that there had been when the waiting bytes were drawn
};

} // namespace carma::access
