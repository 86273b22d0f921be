// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/signature.h>

#include "audit/statement.h"
#include "log/record/cosignature.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace carma {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kDocumentBytesMax = 4U << 20U;
constexpr std::size_t kReadBytes = 1U << 20U;

Error notOne() { return {ErrorCode::Corruption, "the text is no signed document: neither a statement nor a checkpoint"}; }

std::string textOf(const Json& object, const char* name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<SignedDocument> openStatement(const Json& document, const log::NoteKey& key)
{
    SignedDocument opened;
    opened.statement = textOf(document, "statement");
    const auto signature = crypto::parseBase64(textOf(document, "signature"));
    if (textOf(document, "carma") != "statement" || !signature.has_value()) {
        return notOne();
    }
    if (!crypto::verifySignature(key.key, asBytes(opened.statement), *signature)) {
        return Error{ErrorCode::AuthenticationFailed, "the statement is not signed by " + key.name + ", or was changed since"};
    }
    const Json said = Json::parse(opened.statement, nullptr, false);
    if (!said.is_object()) {
        return notOne();
    }
    opened.kind = textOf(said, "kind");
    opened.store = textOf(said, "store");
    opened.file = textOf(said, "file");
    opened.sha256 = textOf(said, "sha256");
    for (const char* name : {"signed", "exported", "erased"}) {
        opened.time = opened.time.empty() ? textOf(said, name) : opened.time;
    }
    const auto bytes = said.find("bytes");
    opened.bytes = bytes != said.end() && bytes->is_number_unsigned() ? bytes->get<std::uint64_t>() : 0;
    return opened;
}

} // namespace

Result<SignedDocument> openSigned(std::string_view document, std::string_view key)
{
    CARMA_TRY_ASSIGN(const log::NoteKey noteKey, log::parseNoteKey(key));
    if (noteKey.type != log::NoteKeyType::Ed25519) {
        return Error{ErrorCode::InvalidArgument, "this key is one of a witness: the key of the log is needed"};
    }
    if (document.size() > kDocumentBytesMax) {
        return notOne();
    }
    const Json parsed = Json::parse(document, nullptr, false);
    if (parsed.is_object()) {
        return openStatement(parsed, noteKey);
    }
    const auto head = log::openCheckpoint(document, noteKey.name, noteKey.key);
    if (!head.has_value()) {
        return head.error().code == ErrorCode::AuthenticationFailed ? head.error() : notOne();
    }
    SignedDocument opened;
    opened.kind = "checkpoint";
    opened.store = noteKey.name.substr(noteKey.name.rfind('/') + 1);
    opened.statement = document.substr(0, document.find("\n\n") + 1);
    return opened;
}

Result<FileDigest> digestFile(const std::string& path, const Task& task)
{
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    if (!std::filesystem::exists(status)) {
        return Error{ErrorCode::NotFound, path + " is not there"};
    }
    if (!std::filesystem::is_regular_file(status)) {
        return Error{ErrorCode::InvalidArgument, path + " is no file"};
    }
    std::ifstream file(path, std::ios::binary);
    const std::uint64_t total = std::filesystem::file_size(path, ignored);
    FileDigest digest;
    crypto::Sha256 sum;
    std::vector<char> buffer(kReadBytes);
    while (file) {
        if (task.cancelled()) {
            return Error{ErrorCode::Cancelled, "reading " + path + " was cancelled"};
        }
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const auto count = static_cast<std::size_t>(file.gcount());
        sum.add(std::as_bytes(std::span(buffer).first(count)));
        digest.bytes += count;
        task.report({"reading", digest.bytes, total, "bytes"});
    }
    if (!file.eof()) {
        return Error{ErrorCode::Io, path + " cannot be read"};
    }
    digest.sha256 = sum.finish();
    return digest;
}

} // namespace carma
