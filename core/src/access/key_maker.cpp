// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_maker.h"

#include "crypto/crypto.h"

#include <carma/assert.h>

#include <atomic>
#include <pthread.h>

namespace carma::access {

namespace {

std::atomic<std::uint32_t> g_forks = 0;

/// How often the process was forked on the way to this one.
std::uint32_t forks()
{
    static const int watched = ::pthread_atfork(nullptr, nullptr, [] { g_forks.fetch_add(1, std::memory_order_relaxed); });
    CARMA_ASSERT(watched == 0);
    return g_forks.load(std::memory_order_relaxed);
}

} // namespace

std::size_t KeyMaker::make(const KeyStem& stem, std::span<char, kKeyFormMax> out)
{
    if (const std::uint32_t now = forks(); m_used == m_waiting.size() || m_forks != now) {
        m_random.fill(m_waiting.span());
        m_used = 0;
        m_forks = now;
    }
    const ByteSpan secret = m_waiting.span().subspan(m_used, kKeySecretBytes);
    m_used += kKeySecretBytes;
    const std::size_t size = writeKey(stem, secret, out);
    crypto::wipe(secret);
    return size;
}

} // namespace carma::access
