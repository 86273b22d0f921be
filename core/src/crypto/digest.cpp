// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crypto.h"
#include "crypto/openssl_support.h"

#include <bit>
#include <mutex>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

namespace carma::crypto {

namespace {

constexpr std::uint64_t kScryptMemoryMax = std::uint64_t{1} << 30U;

// Looking an algorithm up by name takes longer than hashing a short record, so each is fetched once.
const EVP_MD* sha256Algorithm()
{
    static EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CARMA_ASSERT(digest != nullptr);
    return digest;
}

EVP_MAC* hmacAlgorithm()
{
    static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    CARMA_ASSERT(mac != nullptr);
    return mac;
}

EVP_KDF* hkdfAlgorithm()
{
    static EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    CARMA_ASSERT(kdf != nullptr);
    return kdf;
}

Digest hashParts(std::span<const ByteView> parts)
{
    // Hashes carry no key, so their context may stay with the thread.
    thread_local const DigestContext context(EVP_MD_CTX_new());
    CARMA_ASSERT(context != nullptr);
    CARMA_ASSERT(EVP_DigestInit_ex2(context.get(), sha256Algorithm(), nullptr) == 1);
    for (const ByteView part : parts) {
        CARMA_ASSERT(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
    }
    Digest digest{};
    CARMA_ASSERT(EVP_DigestFinal_ex(context.get(), ucharData(ByteSpan(digest)), nullptr) == 1);
    return digest;
}

OSSL_PARAM bytesParameter(const char* key, ByteView bytes)
{
    // OSSL_PARAM is for both directions and therefore not const; these are only read.
    return OSSL_PARAM_construct_octet_string(key, const_cast<unsigned char*>(ucharData(bytes)), bytes.size());
}

OSSL_PARAM digestParameter(const char* key)
{
    static char name[] = "SHA256"; // not const for the same reason
    return OSSL_PARAM_construct_utf8_string(key, name, 0);
}

} // namespace

Digest sha256(ByteView bytes) { return hashParts({&bytes, 1}); }

Digest sha256(std::span<const ByteView> parts) { return hashParts(parts); }

Digest sha256(std::initializer_list<ByteView> parts) { return hashParts({parts.begin(), parts.size()}); }

struct Sha256::State {
    DigestContext context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : m_state(std::make_unique<State>())
{
    CARMA_ASSERT(m_state->context != nullptr);
    CARMA_ASSERT(EVP_DigestInit_ex2(m_state->context.get(), sha256Algorithm(), nullptr) == 1);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(ByteView bytes) { CARMA_ASSERT(EVP_DigestUpdate(m_state->context.get(), bytes.data(), bytes.size()) == 1); }

Digest Sha256::finish()
{
    Digest digest{};
    CARMA_ASSERT(EVP_DigestFinal_ex(m_state->context.get(), ucharData(ByteSpan(digest)), nullptr) == 1);
    return digest;
}

Digest hmacSha256(ByteView key, std::initializer_list<ByteView> parts)
{
    const ErrorQueueGuard guard;
    const MacContext context(EVP_MAC_CTX_new(hmacAlgorithm()));
    CARMA_ASSERT(context != nullptr);
    const OSSL_PARAM parameters[] = {digestParameter(OSSL_MAC_PARAM_DIGEST), OSSL_PARAM_construct_end()};
    CARMA_ASSERT(EVP_MAC_init(context.get(), ucharData(key), key.size(), parameters) == 1);
    for (const ByteView part : parts) {
        CARMA_ASSERT(EVP_MAC_update(context.get(), ucharData(part), part.size()) == 1);
    }
    Digest digest{};
    std::size_t written = 0;
    CARMA_ASSERT(EVP_MAC_final(context.get(), ucharData(ByteSpan(digest)), &written, digest.size()) == 1);
    CARMA_ASSERT(written == digest.size());
    return digest;
}

struct HmacKey::State {
    std::mutex mutex;
    MacContext context{EVP_MAC_CTX_new(hmacAlgorithm())}; ///< guarded; keyed, and begun anew for each message
};

HmacKey::HmacKey(ByteView key) : m_state(std::make_unique<State>())
{
    CARMA_ASSERT(m_state->context != nullptr);
    const OSSL_PARAM parameters[] = {digestParameter(OSSL_MAC_PARAM_DIGEST), OSSL_PARAM_construct_end()};
    CARMA_ASSERT(EVP_MAC_init(m_state->context.get(), ucharData(key), key.size(), parameters) == 1);
}

HmacKey::~HmacKey() = default;
HmacKey::HmacKey(HmacKey&&) noexcept = default;
HmacKey& HmacKey::operator=(HmacKey&&) noexcept = default;

Digest HmacKey::mac(ByteView bytes) const
{
    Digest digest{};
    std::size_t written = 0;
    const std::lock_guard guard(m_state->mutex);
    EVP_MAC_CTX* const context = m_state->context.get();
    CARMA_ASSERT(EVP_MAC_init(context, nullptr, 0, nullptr) == 1); // the same key again
    CARMA_ASSERT(EVP_MAC_update(context, ucharData(bytes), bytes.size()) == 1);
    CARMA_ASSERT(EVP_MAC_final(context, ucharData(ByteSpan(digest)), &written, digest.size()) == 1);
    CARMA_ASSERT(written == digest.size());
    return digest;
}

bool sameDigest(const Digest& left, const Digest& right) noexcept { return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0; }

SecretBytes hkdf(ByteView key, ByteView salt, std::string_view info, std::size_t size)
{
    CARMA_ASSERT(!key.empty() && size >= 1 && size <= std::size_t{255} * 32); // the bound of RFC 5869
    const ErrorQueueGuard guard;
    const KdfContext context(EVP_KDF_CTX_new(hkdfAlgorithm()));
    CARMA_ASSERT(context != nullptr);
    const OSSL_PARAM parameters[] = {digestParameter(OSSL_KDF_PARAM_DIGEST), bytesParameter(OSSL_KDF_PARAM_KEY, key),
        bytesParameter(OSSL_KDF_PARAM_SALT, salt), bytesParameter(OSSL_KDF_PARAM_INFO, asBytes(info)), OSSL_PARAM_construct_end()};
    SecretBytes derived(size);
    CARMA_ASSERT(EVP_KDF_derive(context.get(), ucharData(derived.span()), size, parameters) == 1);
    return derived;
}

Result<SecretBytes> scrypt(ByteView passphrase, ByteView salt, const ScryptParameters& parameters, std::size_t size)
{
    const std::uint64_t blockBytes = 128 * std::uint64_t{parameters.blockSize};
    if (parameters.cost < 2 || !std::has_single_bit(parameters.cost) || blockBytes == 0 || parameters.parallel == 0) {
        return {ErrorCode::InvalidArgument, "scrypt needs a cost that is a power of two, a block size and a parallelism"};
    }
    // Divisions, because products of hostile parameters overflow.
    if (parameters.cost > kScryptMemoryMax / blockBytes || parameters.parallel > kScryptMemoryMax / blockBytes) {
        return {ErrorCode::LimitExceeded, "scrypt parameters ask for more than 1 GiB of memory"};
    }
    const ErrorQueueGuard guard;
    SecretBytes derived(size);
    const int done = EVP_PBE_scrypt(reinterpret_cast<const char*>(ucharData(passphrase)), passphrase.size(), ucharData(salt), salt.size(),
        parameters.cost, parameters.blockSize, parameters.parallel, 3 * kScryptMemoryMax, ucharData(derived.span()), size);
    if (done != 1) {
        return {ErrorCode::LimitExceeded, "scrypt could not get the memory that its parameters ask for"};
    }
    return derived;
}

} // namespace carma::crypto
