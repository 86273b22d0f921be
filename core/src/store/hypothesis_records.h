// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"
#include "store/store_core.h"

#include <carma/hypotheses.h>

#include <map>
#include <optional>

/// What the log remembers of lost passages: guesses at them, what people said of those, how good they were once the text came back, and
/// which records were written anew.
/// Records of the type HealCycle, sealed under the key of the passage's namespace, because a guess says what the passage said: forgetting a
/// passage forgets them, too. Byte format: core/docs/format/bodies.md
namespace carma::store {

struct RememberedGuess {
    crypto::Digest evidence{}; ///< of what it was made from; another digest is new evidence
    std::string text;
    std::vector<std::string> words;
    bool isProven = false, fits = false;
    float error = 2, confidence = 0;
    bool operator==(const RememberedGuess&) const = default;
};

/// How a guess compares with the text that came back. Words are compared as sets, in lower case, without marks.
struct GuessScore {
    float confidence = 0;            ///< that it had
    float precision = 0, recall = 0; ///< 0..1
    bool isExact = false;            ///< the very bytes
};
GuessScore scoreGuess(const RememberedGuess& guess, std::string_view text);

/// All that is remembered of one passage.
struct GuessHistory {
    NamespaceId space;
    std::optional<RememberedGuess> guess;   ///< the newest
    std::optional<crypto::Digest> rejected; ///< the evidence of what was rejected
    std::optional<FragmentId> accepted;     ///< the memory that it was kept as
    std::optional<GuessScore> score;        ///< the newest guess has been scored
    std::vector<Sequence> replaced;         ///< records in whose place others were written, out of bytes from elsewhere
    std::vector<Sequence> sequences;        ///< records that say all this, and those that were replaced: what goes when it is forgotten
};
using GuessHistories = std::map<FragmentId, GuessHistory>;

/// Reads all of it; some records a passage that was ever guessed at.
Result<GuessHistories> readGuesses(StoreCore& core);

Bytes encodeGuess(const FragmentId& id, const RememberedGuess& guess);
Bytes encodeRejection(const FragmentId& id, const crypto::Digest& evidence);
Bytes encodeAcceptance(const FragmentId& id, const FragmentId& kept);
Bytes encodeScore(const FragmentId& id, const GuessScore& score);
/// `id` (a passage, or a document for its own record and its original's) was written anew in place of these records.
Bytes encodeRestoration(const FragmentId& id, const std::vector<Sequence>& replaced);
/// Takes one body into `histories`. Corruption for bytes that are none, Unsupported for a newer version.
Result<void> takeGuessRecord(ByteView bytes, Sequence sequence, const NamespaceId& space, GuessHistories& histories);

/// Scores guesses at passages whose text is there again; each once. Returns how many. Writers only.
Result<std::uint64_t> scoreReturned(StoreCore& core);

HypothesesStats statsOf(const GuessHistories& histories);

} // namespace carma::store
