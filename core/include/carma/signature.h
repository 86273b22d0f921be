// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/progress.h>
#include <carma/result.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// What a store signed (Ed25519, RFC 8032), checked without the store. Forms: core/docs/audit.md
namespace carma {

struct FileDigest {
    std::uint64_t bytes = 0;
    std::array<std::byte, 32> sha256{};
};
/// Reads a file of any size once. NotFound; InvalidArgument for what is no file; Io; Cancelled. Thread-safe.
Result<FileDigest> digestFile(const std::string& path, const Task& task);

/// A document whose signature holds. What a kind does not tell is empty.
struct SignedDocument {
    std::string kind;        ///< "file", "export", "certificate of erasure", "subject export", "checkpoint"
    std::string store;       ///< id of the store that signed it
    std::string file;        ///< name of what it is about
    std::string sha256;      ///< of that, hexadecimal
    std::uint64_t bytes = 0; ///< size of that
    std::string time;        ///< when it was signed, by the store's clock
    std::string statement;   ///< all of it: JSON, or the text of a checkpoint
};
/// Statements and checkpoints. `key` is a verifier key as AuditKeys::log. AuthenticationFailed if it is not the signer's or what was
/// signed was changed; Corruption if the text is no such document, or beyond 4 MiB; InvalidArgument for a key that is none.
Result<SignedDocument> openSigned(std::string_view document, std::string_view key);

} // namespace carma
