// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crypto.h"
#include "crypto/openssl_support.h"

namespace carma::crypto {

struct SigningKey::State {
    KeyPointer key;
};

SigningKey::SigningKey(ByteView seed)
{
    CARMA_ASSERT(seed.size() == 32);
    const ErrorQueueGuard guard;
    m_state = std::make_unique<State>();
    m_state->key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, ucharData(seed), seed.size()));
    CARMA_ASSERT(m_state->key != nullptr);
}

SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;

PublicKey SigningKey::publicKey() const
{
    CARMA_ASSERT(m_state != nullptr);
    const ErrorQueueGuard guard;
    PublicKey key{};
    std::size_t size = key.size();
    CARMA_ASSERT(EVP_PKEY_get_raw_public_key(m_state->key.get(), ucharData(ByteSpan(key)), &size) == 1);
    CARMA_ASSERT(size == key.size());
    return key;
}

Signature SigningKey::sign(ByteView message) const
{
    CARMA_ASSERT(m_state != nullptr);
    const ErrorQueueGuard guard;
    const DigestContext context(EVP_MD_CTX_new());
    CARMA_ASSERT(context != nullptr);
    CARMA_ASSERT(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, m_state->key.get()) == 1);
    Signature signature{};
    std::size_t size = signature.size();
    CARMA_ASSERT(EVP_DigestSign(context.get(), ucharData(ByteSpan(signature)), &size, ucharData(message), message.size()) == 1);
    CARMA_ASSERT(size == signature.size());
    return signature;
}

bool verifySignature(const PublicKey& key, ByteView message, ByteView signature)
{
    if (signature.size() != kSignatureBytes) {
        return false;
    }
    const ErrorQueueGuard guard;
    const KeyPointer publicKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, ucharData(ByteView(key)), key.size()));
    const DigestContext context(EVP_MD_CTX_new());
    return publicKey != nullptr && context != nullptr &&
        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, publicKey.get()) == 1 &&
        EVP_DigestVerify(context.get(), ucharData(signature), signature.size(), ucharData(message), message.size()) == 1;
}

} // namespace carma::crypto
