// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>
#include <carma/progress.h>
#include <carma/result.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace carma {

/// What may have stood in a passage whose bytes are gone. Never a memory: no query finds it, nothing is derived from it.
struct Hypothesis {
    FragmentView lost;                 ///< the placeholder: its id, place, document, time
    std::string text;                  ///< empty if nothing can be said; lower case, the order of the words is a guess unless `isProven`
    std::vector<std::string> words;    ///< of `text`, in its order
    bool isProven = false;             ///< the document's recorded digest fits: this is the very text
    bool fits = false;                 ///< the words explain all that the index kept of the passage to the precision it was kept with
    float error = 2;                   ///< else how far they are from it: a distance of unit vectors, 0..2
    float confidence = 0;              ///< 0..1: the expected share of its words that stood there; calibrated, see core/docs/hypotheses.md
    bool isRejected = false;           ///< somebody said no, and nothing new has been found since
    std::vector<std::string> evidence; ///< for people, what it was made from
    std::string problem;               ///< why there is no text
};

struct HypothesesOptions {
    std::optional<std::string> space; ///< every namespace if none
    std::size_t limit = 20;           ///< 1..1000 lost passages, about a second each that was not guessed at before
    bool rejected = false;            ///< those that were rejected, too
};

/// What came of all guesses so far. Means are over `scored`.
struct HypothesesStats {
    std::uint64_t open = 0;     ///< remembered guesses at passages that are still lost
    std::uint64_t rejected = 0; ///< passages of which a guess was rejected
    std::uint64_t accepted = 0;
    std::uint64_t scored = 0;                 ///< whose text came back and was compared
    std::uint64_t exact = 0;                  ///< of those, the very text
    double precision = 0, recall = 0, f1 = 0; ///< of words, as sets
    double confidence = 0;                    ///< that they had
    double calibrationError = 0;              ///< expected calibration error over ten bins: what the confidence was wrong by
};

/// Guesses at what cannot be healed: the index keeps vectors of passages, and those of a linear embedder give the words away.
/// Obtained from Store; lives as long as it. Thread-safe.
class Hypotheses {
public:
    virtual ~Hypotheses() = default;
    /// One for each passage that is lost for good, in the order of the log. Needs the index; an index that is gone, too, is a problem that
    /// each hypothesis names. A writer remembers what it guessed: the same evidence gives the same guess from then on, and a worse one
    /// never replaces a better one. Exact steps (the recorded digest) are tried again each time.
    virtual Result<std::vector<Hypothesis>> list(const HypothesesOptions& options, const Task& task) = 0;
    /// NotFound if the passage does not exist; InvalidArgument if it is not lost.
    virtual Result<Hypothesis> of(const FragmentId& id, const Task& task) = 0;
    /// Says that a guess is wrong. It is not offered again until there is new evidence. Audited. NotFound if there is no text.
    virtual Result<void> reject(const FragmentId& id, const Task& task) = 0;
    /// How good guesses were. A writer first compares those whose text came back.
    virtual Result<HypothesesStats> stats() = 0;
    /// Keeps the text as a new memory that says in its title and its tag "hypothesis" what it is ("recovered" if it is proven); the lost
    /// passage stays lost. Audited, in the same batch. Returns the new document; the same again makes a new version. NotFound if there is
    /// no text.
    virtual Result<FragmentId> accept(const FragmentId& id, const Task& task) = 0;
};

} // namespace carma
