// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/key_file.h"

#include "crypto/crypto.h"

#include <vector>

namespace carma::log {

namespace {

constexpr std::string_view kPrefix = "carma-key-";
constexpr std::string_view kFirstLine = "carma-key-1";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kTextBytesMax = 4096; // the file has 101 bytes; another file given by mistake is told early

std::string checkOf(std::string_view storeLine, std::string_view secretLine)
{
    const ByteView lineFeed = asBytes("\n");
    const crypto::Digest digest = crypto::sha256(
        {asBytes(kFirstLine), lineFeed, asBytes(storeLine), lineFeed, asBytes(secretLine), lineFeed});
    return toHex(ByteView(digest).first(8));
}

std::string_view trimmedEnd(std::string_view text)
{
    const auto last = text.find_last_not_of(" \t\r\n");
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    for (std::string_view rest = trimmedEnd(text); !rest.empty();) {
        const std::size_t end = rest.find('\n');
        lines.push_back(trimmedEnd(rest.substr(0, end)));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return lines;
}

Error invalid(std::string message) { return {ErrorCode::InvalidArgument, std::move(message)}; }

} // namespace

std::string formatKeyFile(const StoreId& store, ByteView secret)
{
    CARMA_ASSERT(secret.size() == kSecretBytes);
    const std::string storeLine = toString(store);
    std::string secretLine = crypto::base64(secret);
    const std::string check = checkOf(storeLine, secretLine);
    std::string text;
    text.reserve(kFirstLine.size() + storeLine.size() + secretLine.size() + check.size() + 4); // no copy of it left behind
    text.append(kFirstLine).append("\n").append(storeLine).append("\n").append(secretLine).append("\n").append(check).append("\n");
    crypto::wipe(std::as_writable_bytes(std::span(secretLine)));
    return text;
}

Result<KeyFile> parseKeyFile(std::string_view text)
{
    if (!text.starts_with(kPrefix) || text.size() > kTextBytesMax) {
        return invalid("this is not a key file: it does not begin with " + std::string(kFirstLine));
    }
    const std::vector<std::string_view> lines = linesOf(text);
    if (lines.front() != kFirstLine) {
        return {ErrorCode::Unsupported, "the key file is of another version than " + std::string(kFirstLine)};
    }
    if (lines.size() != 4) {
        return invalid("the key file has " + std::to_string(lines.size()) + " lines instead of 4");
    }
    const auto store = parseId<StoreId>(lines[1]);
    if (!store) {
        return invalid("line 2 of the key file is not a store id");
    }
    auto secret = crypto::parseBase64(lines[2]);
    if (!secret || secret->size() != kSecretBytes) {
        return invalid("line 3 of the key file is not a key of 32 bytes in base64");
    }
    KeyFile file{*store, SecretBytes(*secret)};
    crypto::wipe(*secret);
    if (checkOf(lines[1], lines[2]) != lines[3]) {
        return invalid("the check of the key file does not hold: a character of it was changed");
    }
    return file;
}

} // namespace carma::log
