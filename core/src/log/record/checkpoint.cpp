// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/merkle.h"

#include <carma/assert.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

/// Signed notes (https://c2sp.org/signed-note): a text, an empty line, and a line for each signature.
namespace carma::log {

namespace {

constexpr std::size_t kNoteBytesMax = 4096; ///< three lines and a dozen co-signatures need less
constexpr std::size_t kKeyHashBytes = 4;
/// U+2014 and a space, in UTF-8: how the note format marks a signature line.
constexpr std::string_view kSignatureMark = "\xE2\x80\x94 ";
constexpr std::string_view kEd25519Type = "\n\x01";

bool isKeyName(std::string_view name)
{
    return !name.empty() &&
        std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '+' || c == 0x7F; });
}

Bytes keyHash(std::string_view name, const crypto::PublicKey& key)
{
    const crypto::Digest digest = crypto::sha256({asBytes(name), asBytes(kEd25519Type), key});
    return toBytes(ByteView(digest).first(kKeyHashBytes));
}

std::string noteText(const Checkpoint& checkpoint)
{
    return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + crypto::base64(checkpoint.root) + "\n";
}

Error notACheckpoint() { return {ErrorCode::Corruption, "the text is not a checkpoint"}; }

/// Cuts the first line, without its line feed, off `text`. Nothing if it has no line feed.
std::optional<std::string_view> takeLine(std::string_view& text)
{
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

Result<Checkpoint> parseText(std::string_view text)
{
    const auto origin = takeLine(text);
    const auto size = takeLine(text);
    const auto root = takeLine(text);
    if (!origin || !size || !root || !isKeyName(*origin) || size->empty() || (size->size() > 1 && size->front() == '0')) {
        return notACheckpoint();
    }
    Checkpoint checkpoint;
    checkpoint.origin = *origin;
    const auto number = std::from_chars(size->data(), size->data() + size->size(), checkpoint.size);
    const Result<Bytes> digest = crypto::parseBase64(*root);
    if (number.ec != std::errc{} || number.ptr != size->data() + size->size() || !digest || digest->size() != checkpoint.root.size()) {
        return notACheckpoint();
    }
    std::memcpy(checkpoint.root.data(), digest->data(), checkpoint.root.size());
    return checkpoint;
}

enum class Signed { Yes, No, Malformed };

/// Lines of other keys (co-signatures of witnesses) are passed over, as the note format asks.
Signed checkSignatures(std::string_view text, std::string_view lines, const std::string& name, const crypto::PublicKey& key)
{
    const Bytes wanted = keyHash(name, key);
    bool found = false;
    while (!lines.empty()) {
        std::optional<std::string_view> line = takeLine(lines);
        if (!line || !line->starts_with(kSignatureMark)) {
            return Signed::Malformed;
        }
        line->remove_prefix(kSignatureMark.size());
        const std::size_t space = line->find(' ');
        if (space == std::string_view::npos || !isKeyName(line->substr(0, space))) {
            return Signed::Malformed;
        }
        const Result<Bytes> blob = crypto::parseBase64(line->substr(space + 1));
        if (!blob || blob->size() <= kKeyHashBytes) {
            return Signed::Malformed;
        }
        if (line->substr(0, space) != name || !std::equal(wanted.begin(), wanted.end(), blob->begin())) {
            continue;
        }
        if (!crypto::verifySignature(key, asBytes(text), ByteView(*blob).subspan(kKeyHashBytes))) {
            return Signed::No;
        }
        found = true;
    }
    return found ? Signed::Yes : Signed::No;
}

} // namespace

std::string signCheckpoint(const Checkpoint& checkpoint, const crypto::SigningKey& key)
{
    CARMA_ASSERT(isKeyName(checkpoint.origin));
    const std::string text = noteText(checkpoint);
    Bytes blob = keyHash(checkpoint.origin, key.publicKey());
    const crypto::Signature signature = key.sign(asBytes(text));
    blob.insert(blob.end(), signature.begin(), signature.end());
    return text + "\n" + std::string(kSignatureMark) + checkpoint.origin + " " + crypto::base64(blob) + "\n";
}

Result<Checkpoint> openCheckpoint(std::string_view note, const std::string& origin, const crypto::PublicKey& key)
{
    const bool hasControl = std::ranges::any_of(note, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
    const std::size_t emptyLine = note.rfind("\n\n");
    if (note.size() > kNoteBytesMax || hasControl || emptyLine == std::string_view::npos) {
        return notACheckpoint();
    }
    const std::string_view text = note.substr(0, emptyLine + 1);
    const std::string_view lines = note.substr(emptyLine + 2);
    const Signed isSigned = checkSignatures(text, lines, origin, key);
    if (isSigned == Signed::Malformed) {
        return notACheckpoint();
    }
    if (isSigned == Signed::No) {
        return Error{ErrorCode::AuthenticationFailed, "the checkpoint does not carry a valid signature of " + origin};
    }
    CARMA_TRY_ASSIGN(Checkpoint checkpoint, parseText(text));
    if (checkpoint.origin != origin) {
        return Error{ErrorCode::AuthenticationFailed, "the checkpoint is of another log than " + origin};
    }
    return checkpoint;
}

} // namespace carma::log
