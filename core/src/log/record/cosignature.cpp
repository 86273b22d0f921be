// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/cosignature.h"

#include <array>
#include <charconv>
#include <cstring>

namespace carma::log {

namespace {

constexpr std::size_t kNoteBytesMax = 4096;
constexpr std::size_t kHashBytes = 4;
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kKeyTextMax = 512;
constexpr std::string_view kSignatureMark = "\xE2\x80\x94 ";

Bytes hashOf(std::string_view name, NoteKeyType type, const crypto::PublicKey& key)
{
    const std::array<std::byte, 2> middle{std::byte{'\n'}, static_cast<std::byte>(type)};
    const crypto::Digest digest = crypto::sha256({asBytes(name), middle, key});
    return toBytes(ByteView(digest).first(kHashBytes));
}

/// The text up to the empty line before the signatures, with its last line feed. Empty if there is none.
std::string_view signedText(std::string_view note)
{
    const std::size_t emptyLine = note.rfind("\n\n");
    return emptyLine == std::string_view::npos ? std::string_view() : note.substr(0, emptyLine + 1);
}

std::string message(std::string_view text, std::uint64_t unixSeconds)
{
    return "cosignature/v1\ntime " + std::to_string(unixSeconds) + "\n" + std::string(text);
}

} // namespace

std::string formatNoteKey(const NoteKey& key)
{
    Bytes typed{static_cast<std::byte>(key.type)};
    typed.insert(typed.end(), key.key.begin(), key.key.end());
    return key.name + "+" + toHex(hashOf(key.name, key.type, key.key)) + "+" + crypto::base64(typed);
}

Result<NoteKey> parseNoteKey(std::string_view text)
{
    const Error wrong{ErrorCode::InvalidArgument, "a verifier key has the form name+hash+key"};
    const std::size_t first = text.find('+');
    const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (text.size() > kKeyTextMax || first == 0 || second == std::string_view::npos) {
        return wrong;
    }
    const auto typed = crypto::parseBase64(text.substr(second + 1));
    NoteKey key;
    if (!typed.has_value() || typed->size() != 1 + key.key.size()) {
        return wrong;
    }
    key.name = text.substr(0, first);
    key.type = static_cast<NoteKeyType>(typed->front());
    std::memcpy(key.key.data(), typed->data() + 1, key.key.size());
    const bool known = key.type == NoteKeyType::Ed25519 || key.type == NoteKeyType::Cosigner;
    if (!known || text.substr(first + 1, second - first - 1) != toHex(hashOf(key.name, key.type, key.key))) {
        return Error{ErrorCode::InvalidArgument, "the hash of the verifier key of " + key.name + " does not fit"};
    }
    return key;
}

std::string cosign(std::string_view note, const std::string& name, const crypto::SigningKey& key, std::uint64_t unixSeconds)
{
    Bytes blob = hashOf(name, NoteKeyType::Cosigner, key.publicKey());
    for (unsigned shift = 64; shift > 0; shift -= 8) {
        blob.push_back(static_cast<std::byte>(unixSeconds >> (shift - 8)));
    }
    const crypto::Signature signature = key.sign(asBytes(message(signedText(note), unixSeconds)));
    blob.insert(blob.end(), signature.begin(), signature.end());
    return std::string(note) + std::string(kSignatureMark) + name + " " + crypto::base64(blob) + "\n";
}

Result<std::uint64_t> verifyCosignature(std::string_view note, const NoteKey& witness)
{
    const std::string_view text = signedText(note);
    if (note.size() > kNoteBytesMax || text.empty()) {
        return Error{ErrorCode::Corruption, "the text is not a signed note"};
    }
    const std::string start = std::string(kSignatureMark) + witness.name + " ";
    const Bytes hash = hashOf(witness.name, witness.type, witness.key);
    std::string_view lines = note.substr(text.size() + 1);
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 1, lines.size()));
        if (!line.starts_with(start)) {
            continue;
        }
        const auto blob = crypto::parseBase64(line.substr(start.size()));
        if (!blob.has_value() || blob->size() != kHashBytes + kTimeBytes + crypto::kSignatureBytes ||
            !std::equal(hash.begin(), hash.end(), blob->begin())) {
            continue;
        }
        std::uint64_t time = 0;
        for (std::size_t i = 0; i < kTimeBytes; ++i) {
            time = (time << 8U) | static_cast<std::uint64_t>((*blob)[kHashBytes + i]);
        }
        if (crypto::verifySignature(witness.key, asBytes(message(text, time)), ByteView(*blob).subspan(kHashBytes + kTimeBytes))) {
            return time;
        }
    }
    return Error{ErrorCode::AuthenticationFailed, "the checkpoint carries no valid co-signature of " + witness.name};
}

} // namespace carma::log
