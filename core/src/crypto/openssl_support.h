// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/assert.h>
#include <carma/bytes.h>

#include <memory>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

/// What the OpenSSL adapters of this folder share. Included by their .cpp files only.
namespace carma::crypto {

/// Calls an OpenSSL free function from a unique_ptr.
template <auto Free> struct OpenSslFree {
    template <typename T> void operator()(T* object) const { Free(object); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, OpenSslFree<EVP_CIPHER_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, OpenSslFree<EVP_MAC_CTX_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, OpenSslFree<EVP_KDF_CTX_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;

/// Drains the thread's error queue when it dies, so that no later caller sees an error that was not its own.
class ErrorQueueGuard {
public:
    ErrorQueueGuard() = default;
    ErrorQueueGuard(const ErrorQueueGuard&) = delete;
    ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
    ~ErrorQueueGuard() { ERR_clear_error(); }
};

/// OpenSSL does not accept null for empty input everywhere.
inline const unsigned char* ucharData(ByteView bytes)
{
    static constexpr unsigned char kNothing = 0;
    return bytes.empty() ? &kNothing : reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* ucharData(ByteSpan bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

} // namespace carma::crypto
