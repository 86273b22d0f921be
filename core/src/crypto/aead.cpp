// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crypto.h"
#include "crypto/openssl_support.h"

#include <atomic>
#include <mutex>
#include <openssl/crypto.h>
#include <vector>

// Expanding an AES-256 key and building the GHASH tables costs more than sealing a short record. Therefore each AeadKey
// keeps contexts whose schedule is ready, and a call borrows one: the first from an atomic slot without a lock, further
// ones (several threads at once) from a list. Nothing is kept per thread, so that no schedule outlives its key.
namespace carma::crypto {

namespace {

constexpr std::size_t kUpdateBytesMax = std::size_t{1} << 30U; // EVP counts bytes in an int

const EVP_CIPHER* aes256Gcm()
{
    static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    CARMA_ASSERT(cipher != nullptr);
    return cipher;
}

bool update(EVP_CIPHER_CTX* context, unsigned char* out, ByteView in)
{
    while (!in.empty()) {
        const ByteView part = in.first(std::min(in.size(), kUpdateBytesMax));
        int written = 0;
        if (EVP_CipherUpdate(context, out, &written, ucharData(part), static_cast<int>(part.size())) != 1) {
            return false;
        }
        out += out == nullptr ? 0 : written;
        in = in.subspan(part.size());
    }
    return true;
}

} // namespace

void wipe(ByteSpan bytes) noexcept
{
    if (!bytes.empty()) {
        OPENSSL_cleanse(bytes.data(), bytes.size());
    }
}

struct AeadKey::State {
    explicit State(ByteView rawKey) : key(rawKey), ready(prepare().release()) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { EVP_CIPHER_CTX_free(ready.load()); } // freeing a context wipes its key schedule

    [[nodiscard]] CipherContext prepare() const
    {
        CipherContext context(EVP_CIPHER_CTX_new());
        CARMA_ASSERT(context != nullptr);
        CARMA_ASSERT(EVP_CipherInit_ex2(context.get(), aes256Gcm(), ucharData(key.view()), nullptr, 1, nullptr) == 1);
        return context;
    }
    CipherContext borrow()
    {
        if (EVP_CIPHER_CTX* context = ready.exchange(nullptr, std::memory_order_acquire)) {
            return CipherContext(context);
        }
        {
            const std::lock_guard guard(mutex);
            if (!more.empty()) {
                CipherContext context = std::move(more.back());
                more.pop_back();
                return context;
            }
        }
        return prepare();
    }
    void giveBack(CipherContext context)
    {
        EVP_CIPHER_CTX* empty = nullptr;
        if (ready.compare_exchange_strong(empty, context.get(), std::memory_order_release, std::memory_order_relaxed)) {
            static_cast<void>(context.release());
            return;
        }
        const std::lock_guard guard(mutex);
        more.push_back(std::move(context));
    }

    const SecretBytes key;
    std::atomic<EVP_CIPHER_CTX*> ready;
    std::mutex mutex;
    std::vector<CipherContext> more; // guarded by mutex; as many as threads ever used the key at once
};

AeadKey::AeadKey(ByteView key)
{
    CARMA_ASSERT(key.size() == kKeyBytes);
    m_state = std::make_unique<State>(key);
}

AeadKey::~AeadKey() = default;
AeadKey::AeadKey(AeadKey&&) noexcept = default;
AeadKey& AeadKey::operator=(AeadKey&&) noexcept = default;

void AeadKey::seal(ByteView nonce, ByteView associated, ByteView plain, Bytes& out) const
{
    CARMA_ASSERT(m_state != nullptr && nonce.size() == kNonceBytes);
    const std::size_t at = out.size();
    out.resize(at + kSealBytes + plain.size());
    const ByteSpan place = ByteSpan(out).subspan(at);
    std::copy(nonce.begin(), nonce.end(), place.begin());
    const ByteSpan body = place.subspan(kNonceBytes, plain.size());
    const ByteSpan tag = place.last(kTagBytes);

    CipherContext context = m_state->borrow();
    EVP_CIPHER_CTX* const raw = context.get();
    int rest = 0;
    const bool sealed = EVP_CipherInit_ex2(raw, nullptr, nullptr, ucharData(nonce), 1, nullptr) == 1 && update(raw, nullptr, associated) &&
        update(raw, ucharData(body), plain) && EVP_CipherFinal_ex(raw, ucharData(tag), &rest) == 1 &&
        EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) == 1;
    CARMA_ASSERT(sealed); // AES-GCM cannot fail on valid arguments below 64 GiB
    m_state->giveBack(std::move(context));
}

bool AeadKey::openInto(ByteView associated, ByteView sealedBytes, ByteSpan plain) const
{
    CARMA_ASSERT(m_state != nullptr && plain.size() + kSealBytes == sealedBytes.size());
    const ByteView body = sealedBytes.subspan(kNonceBytes, plain.size());
    std::array<std::byte, kTagBytes> tag{};
    const ByteView storedTag = sealedBytes.last(kTagBytes);
    std::copy(storedTag.begin(), storedTag.end(), tag.begin());

    CipherContext context = m_state->borrow();
    EVP_CIPHER_CTX* const raw = context.get();
    int rest = 0;
    std::array<unsigned char, EVP_MAX_BLOCK_LENGTH> finalBytes{};
    const bool opened = EVP_CipherInit_ex2(raw, nullptr, nullptr, ucharData(sealedBytes.first(kNonceBytes)), 0, nullptr) == 1 &&
        update(raw, nullptr, associated) && update(raw, ucharData(plain), body) &&
        EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
        EVP_CipherFinal_ex(raw, finalBytes.data(), &rest) == 1;
    m_state->giveBack(std::move(context));
    if (!opened) {
        wipe(plain); // what was decrypted is not authentic and must not be seen
        ERR_clear_error();
    }
    return opened;
}

namespace {

const Error kTooShort{ErrorCode::AuthenticationFailed, "sealed bytes are shorter than their nonce and tag"};
const Error kNotAuthentic{ErrorCode::AuthenticationFailed, "sealed bytes do not open with this key"};

} // namespace

Result<Bytes> AeadKey::open(ByteView associated, ByteView sealedBytes) const
{
    if (sealedBytes.size() < kSealBytes) {
        return kTooShort;
    }
    Bytes plain(sealedBytes.size() - kSealBytes);
    if (!openInto(associated, sealedBytes, plain)) {
        return kNotAuthentic;
    }
    return plain;
}

Result<SecretBytes> AeadKey::openSecret(ByteView associated, ByteView sealedBytes) const
{
    if (sealedBytes.size() < kSealBytes) {
        return kTooShort;
    }
    SecretBytes plain(sealedBytes.size() - kSealBytes);
    if (!openInto(associated, sealedBytes, plain.span())) {
        return kNotAuthentic;
    }
    return plain;
}

} // namespace carma::crypto
