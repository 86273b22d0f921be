// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/extract/zip_package.h"

#include "ingest/extracted.h"
#include "ingest/text_check.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace carma::ingest {

namespace {

struct ArchiveFree {
    void operator()(archive* self) const { archive_read_free(self); }
};

bool isWanted(std::string_view name)
{
    constexpr std::array<std::string_view, 9> kWanted = {".xml", ".rels", ".opf", ".xhtml", ".html", ".htm", ".ncx", ".txt", ""};
    const std::string extension = extensionOf(fileName(name));
    return !name.ends_with('/') && std::find(kWanted.begin(), kWanted.end(), extension) != kWanted.end();
}

Error damaged() { return {ErrorCode::InvalidArgument, "is a damaged or cut-off ZIP package"}; }
Error locked() { return {ErrorCode::Unsupported, "is protected by a password"}; }
Error tooLarge() { return {ErrorCode::LimitExceeded, "unpacks to more than " + std::to_string(ZipPackage::kBytesMax >> 20U) + " MiB"}; }

/// Reads the member under way; at most `left` bytes.
Result<std::string> readMember(archive* self, std::size_t left)
{
    std::string content;
    std::array<char, 64U << 10U> buffer{};
    const std::size_t bytesMax = std::min(left, ZipPackage::kMemberBytesMax);
    while (true) {
        const la_ssize_t count = archive_read_data(self, buffer.data(), buffer.size());
        if (count < 0) {
            const char* const reason = archive_error_string(self);
            const std::string lower = lowerAscii(reason != nullptr ? reason : "");
            return lower.find("encrypt") != std::string::npos || lower.find("passphrase") != std::string::npos ? locked() : damaged();
        }
        if (count == 0) {
            return content;
        }
        content.append(buffer.data(), static_cast<std::size_t>(count));
        if (content.size() > bytesMax) {
            return tooLarge();
        }
    }
}

} // namespace

std::string normalMember(std::string_view path)
{
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const auto slash = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, slash);
        if (part == "..") {
            if (!parts.empty()) {
                parts.pop_back();
            }
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    std::string joined;
    for (const std::string_view part : parts) {
        joined += joined.empty() ? "" : "/";
        joined += part;
    }
    return joined;
}

Result<ZipPackage> ZipPackage::open(ByteView bytes)
{
    const std::unique_ptr<archive, ArchiveFree> reader(archive_read_new());
    archive_read_support_format_zip(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
        return damaged();
    }
    ZipPackage package;
    std::size_t total = 0;
    std::size_t members = 0;
    archive_entry* entry = nullptr;
    for (int status = archive_read_next_header(reader.get(), &entry); status != ARCHIVE_EOF;
         status = archive_read_next_header(reader.get(), &entry)) {
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            return damaged();
        }
        if (++members > kMembersMax) {
            return Error{ErrorCode::LimitExceeded, "has more than " + std::to_string(kMembersMax) + " files in it"};
        }
        const char* const utf8 = archive_entry_pathname_utf8(entry);
        const char* const name = utf8 != nullptr ? utf8 : archive_entry_pathname(entry);
        if (name == nullptr || !isWanted(name)) {
            continue;
        }
        if (archive_entry_is_encrypted(entry) != 0) {
            return locked();
        }
        CARMA_TRY_ASSIGN(std::string content, readMember(reader.get(), kBytesMax - total));
        total += content.size();
        package.m_members.insert_or_assign(normalMember(name), std::move(content));
    }
    if (members == 0) {
        return damaged();
    }
    return package;
}

const std::string* ZipPackage::member(std::string_view name) const
{
    const auto found = m_members.find(normalMember(name));
    return found != m_members.end() ? &found->second : nullptr;
}

} // namespace carma::ingest
