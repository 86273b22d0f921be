// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/record/merkle.h"

/// Co-signatures of checkpoints by witnesses (https://c2sp.org/tlog-cosignature), and keys as signed notes write them
/// (https://c2sp.org/signed-note): "name+hash+base64(type || public key)".
namespace carma::log {

/// Part of the notes' format, do not renumber.
enum class NoteKeyType : std::uint8_t { Ed25519 = 1, Cosigner = 4 };

struct NoteKey {
    std::string name;
    NoteKeyType type{};
    crypto::PublicKey key{};
};
std::string formatNoteKey(const NoteKey& key);
/// InvalidArgument if the text is no such key or its hash does not fit.
Result<NoteKey> parseNoteKey(std::string_view text);

/// The note with a line more. REQUIRES: the note is a checkpoint that was opened
std::string cosign(std::string_view note, const std::string& name, const crypto::SigningKey& key, std::uint64_t unixSeconds);
/// When the witness signed, in seconds since 1970. AuthenticationFailed if no line of it holds; Corruption if it is no note.
Result<std::uint64_t> verifyCosignature(std::string_view note, const NoteKey& witness);

} // namespace carma::log
