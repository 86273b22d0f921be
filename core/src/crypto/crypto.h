// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>
#include <carma/secret_bytes.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

/// All cryptography, from OpenSSL 3.0; no other file of the core includes OpenSSL (but base/, for wiping and
/// randomness). Every function drains OpenSSL's error queue. Thread-safe.
namespace carma::crypto {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kSealBytes = kNonceBytes + kTagBytes; ///< what sealing adds
inline constexpr std::size_t kSignatureBytes = 64;
inline constexpr std::size_t kPublicKeyBytes = 32;

using Digest = std::array<std::byte, 32>;
using Signature = std::array<std::byte, kSignatureBytes>;
using PublicKey = std::array<std::byte, kPublicKeyBytes>;

/// Known-answer tests of everything below (NIST, RFC 5869, RFC 7914, RFC 8032 vectors). Programs refuse to start
/// without it.
Result<void> selfTest();

Digest sha256(ByteView bytes);
Digest sha256(std::initializer_list<ByteView> parts); ///< of the parts one after the other
Digest sha256(std::span<const ByteView> parts);
/// SHA-256 of what is added, part by part. Not thread-safe.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void add(ByteView bytes);
    /// Of all that was added. Called once.
    [[nodiscard]] Digest finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};
Digest hmacSha256(ByteView key, std::initializer_list<ByteView> parts);
/// HMAC-SHA-256 under one key whose schedule is made once, for those who need many. Thread-safe.
class HmacKey {
public:
    explicit HmacKey(ByteView key);
    ~HmacKey();
    HmacKey(HmacKey&&) noexcept;
    HmacKey& operator=(HmacKey&&) noexcept;
    [[nodiscard]] Digest mac(ByteView bytes) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};
/// Takes the same time wherever two digests differ.
bool sameDigest(const Digest& left, const Digest& right) noexcept;
/// RFC 5869, extract and expand with SHA-256.
SecretBytes hkdf(ByteView key, ByteView salt, std::string_view info, std::size_t size);

/// RFC 7914. Memory used is 128 * blockSize * cost bytes; parameters beyond 1 GiB are refused (LimitExceeded).
struct ScryptParameters {
    std::uint64_t cost = 1U << 16U; ///< N, a power of two
    std::uint32_t blockSize = 8;    ///< r
    std::uint32_t parallel = 1;     ///< p
    bool operator==(const ScryptParameters&) const = default;
};
Result<SecretBytes> scrypt(ByteView passphrase, ByteView salt, const ScryptParameters& parameters, std::size_t size);

/// AES-256-GCM (NIST SP 800-38D) with one key. Const functions are thread-safe. Sealing and opening 1 KiB takes about a
/// microsecond: the key schedule is made once.
class AeadKey {
public:
    /// REQUIRES: key.size() == kKeyBytes
    explicit AeadKey(ByteView key);
    ~AeadKey();
    AeadKey(AeadKey&&) noexcept;
    AeadKey& operator=(AeadKey&&) noexcept;

    /// Appends nonce || ciphertext || tag to `out`. The nonce must never repeat under one key: it comes from the
    /// CSPRNG. REQUIRES: nonce.size() == kNonceBytes; no argument is a part of `out`.
    void seal(ByteView nonce, ByteView associated, ByteView plain, Bytes& out) const;
    /// Opens what seal made. AuthenticationFailed if key, bytes or associated data differ.
    [[nodiscard]] Result<Bytes> open(ByteView associated, ByteView sealedBytes) const;
    /// The same for key material, which never touches memory that is not wiped.
    [[nodiscard]] Result<SecretBytes> openSecret(ByteView associated, ByteView sealedBytes) const;
    /// The same into memory that is there: kSealBytes less than was sealed. False, with zeroes, if anything differs.
    [[nodiscard]] bool openInto(ByteView associated, ByteView sealedBytes, ByteSpan plain) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Ed25519 (RFC 8032).
class SigningKey {
public:
    /// REQUIRES: seed.size() == 32
    explicit SigningKey(ByteView seed);
    ~SigningKey();
    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;
    [[nodiscard]] PublicKey publicKey() const;
    [[nodiscard]] Signature sign(ByteView message) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

bool verifySignature(const PublicKey& key, ByteView message, ByteView signature);

/// Overwrites secrets that had to lie in ordinary memory; the compiler does not leave it out.
void wipe(ByteSpan bytes) noexcept;

std::string base64(ByteView bytes); ///< RFC 4648 section 4, padded
/// Strict: padded, no line breaks, no unused bits set. InvalidArgument otherwise.
Result<Bytes> parseBase64(std::string_view text);

} // namespace carma::crypto
