// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/secret_bytes.h>

#include <carma/assert.h>
#include <carma/random.h>

#include <cstring>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <utility>

namespace carma {

SecretBytes::SecretBytes(std::size_t size) : m_data(size == 0 ? nullptr : new std::byte[size]()), m_size(size) {}

SecretBytes::SecretBytes(ByteView copyFrom) : SecretBytes(copyFrom.size())
{
    if (m_size != 0) {
        std::memcpy(m_data, copyFrom.data(), m_size);
    }
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0))
{
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept
{
    if (this != &other) {
        wipe();
        m_data = std::exchange(other.m_data, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

SecretBytes::~SecretBytes() { wipe(); }

bool SecretBytes::equals(ByteView other) const
{
    return other.size() == m_size && (m_size == 0 || CRYPTO_memcmp(m_data, other.data(), m_size) == 0);
}

void SecretBytes::wipe() noexcept
{
    if (m_data != nullptr) {
        OPENSSL_cleanse(m_data, m_size);
        delete[] m_data;
    }
    m_data = nullptr;
    m_size = 0;
}

namespace {

class SystemRandom final : public Random {
public:
    void fill(ByteSpan out) override
    {
        while (!out.empty()) {
            const auto part = out.first(std::min<std::size_t>(out.size(), 1U << 20U));
            CARMA_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(part.data()), static_cast<int>(part.size())) == 1);
            out = out.subspan(part.size());
        }
    }
};

} // namespace

std::uint64_t Random::next64()
{
    std::uint64_t value = 0;
    fill(std::as_writable_bytes(std::span(&value, 1)));
    return value;
}

Random& systemRandom()
{
    static SystemRandom random;
    return random;
}

} // namespace carma
