// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_maker.h"

#include "crypto/crypto.h"

namespace carma::access {

std::size_t KeyMaker::make(const KeyStem& stem, std::span<char, kKeyFormMax> out)
{
    if (m_used == m_waiting.size()) {
        m_random.fill(m_waiting.span());
        m_used = 0;
    }
    const ByteSpan secret = m_waiting.span().subspan(m_used, kKeySecretBytes);
    m_used += kKeySecretBytes;
    const std::size_t size = writeKey(stem, secret, out);
    crypto::wipe(secret);
    return size;
}

} // namespace carma::access
