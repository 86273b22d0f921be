// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crypto.h"

#include <carma/random.h>

#include <algorithm>

// Known answers, so that a broken or replaced library is noticed before it touches a store.
namespace carma::crypto {

namespace {

Bytes fromHex(std::string_view text)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(kDigits.find(text[i]) * 16 + kDigits.find(text[i + 1])));
    }
    return bytes;
}

bool same(ByteView left, ByteView right) { return std::ranges::equal(left, right); }

Result<void> expect(bool holds, std::string_view what)
{
    if (!holds) {
        return {ErrorCode::Internal, "the self-test of " + std::string(what) + " failed: the cryptographic library is not sound"};
    }
    return {};
}

Result<void> testHashes()
{
    // FIPS 180-2, appendix B.1 and B.2
    CARMA_TRY(expect(same(sha256(asBytes("abc")), fromHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")), "SHA-256"));
    CARMA_TRY(expect(same(sha256({asBytes("abcdbcdecdefdefgefghfghighij"), asBytes("hijkijkljklmklmnlmnomnopnopq")}),
                         fromHex("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")),
        "SHA-256 of parts"));
    // RFC 4231, test case 2
    return expect(same(hmacSha256(asBytes("Jefe"), {asBytes("what do ya want "), asBytes("for nothing?")}),
                      fromHex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")),
        "HMAC-SHA-256");
}

Result<void> testDerivation()
{
    // RFC 5869, A.1
    const Bytes info = fromHex("f0f1f2f3f4f5f6f7f8f9");
    const SecretBytes expanded = hkdf(Bytes(22, std::byte{0x0b}), fromHex("000102030405060708090a0b0c"), asText(info), 42);
    CARMA_TRY(expect(
        same(expanded.view(), fromHex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")), "HKDF"));
    // RFC 7914, section 12, the first vector; the larger ones are in the tests, because this runs at every start
    CARMA_TRY_ASSIGN(const SecretBytes stretched, scrypt({}, {}, {.cost = 16, .blockSize = 1, .parallel = 1}, 64));
    return expect(same(stretched.view(),
                      fromHex("77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                              "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")),
        "scrypt");
}

Result<void> testAead()
{
    // NIST, "The Galois/Counter Mode of Operation" (McGrew, Viega), test case 16
    const AeadKey key(fromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
    const Bytes nonce = fromHex("cafebabefacedbaddecaf888");
    const Bytes associated = fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const Bytes plain = fromHex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                                "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    Bytes expected = fromHex("cafebabefacedbaddecaf888"
                             "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                             "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                             "76fc6ece0f4e1768cddf8853bb2d551b");
    Bytes sealed;
    key.seal(nonce, associated, plain, sealed);
    CARMA_TRY(expect(same(sealed, expected), "AES-256-GCM sealing"));
    const Result<Bytes> opened = key.open(associated, sealed);
    CARMA_TRY(expect(opened.has_value() && same(*opened, plain), "AES-256-GCM opening"));
    expected.back() ^= std::byte{1};
    const Result<Bytes> forged = key.open(associated, expected);
    return expect(!forged && forged.error().code == ErrorCode::AuthenticationFailed, "AES-256-GCM refusing a forged tag");
}

Result<void> testSignatures()
{
    // RFC 8032, section 7.1, test 3
    const SigningKey key(fromHex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
    const Bytes message = fromHex("af82");
    const Signature signature = key.sign(message);
    const PublicKey publicKey = key.publicKey();
    CARMA_TRY(
        expect(same(publicKey, fromHex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")), "Ed25519 key derivation"));
    CARMA_TRY(expect(same(signature,
                         fromHex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                                 "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")),
        "Ed25519 signing"));
    CARMA_TRY(expect(verifySignature(publicKey, message, signature), "Ed25519 verification"));
    return expect(!verifySignature(publicKey, asBytes("other"), signature), "Ed25519 refusing a forged message");
}

Result<void> testRandomness()
{
    // Two equal draws of 256 bits mean a generator that stands still.
    SecretBytes first(kKeyBytes);
    SecretBytes second(kKeyBytes);
    systemRandom().fill(first.span());
    systemRandom().fill(second.span());
    return expect(!first.equals(second.view()), "the random generator");
}

Result<void> testBase64()
{
    const Result<Bytes> parsed = parseBase64("Zm9vYg=="); // RFC 4648, section 10
    return expect(base64(asBytes("foob")) == "Zm9vYg==" && parsed.has_value() && same(*parsed, asBytes("foob")), "base64");
}

} // namespace

Result<void> selfTest()
{
    CARMA_TRY(testHashes());
    CARMA_TRY(testDerivation());
    CARMA_TRY(testAead());
    CARMA_TRY(testSignatures());
    CARMA_TRY(testRandomness());
    return testBase64();
}

} // namespace carma::crypto
