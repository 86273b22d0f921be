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
    std::vector<std::string> evidence; ///< for people, what it was made from
    std::string problem;               ///< why there is no text
};

struct HypothesesOptions {
    std::optional<std::string> space; ///< every namespace if none
    std::size_t limit = 20;           ///< 1..1000 lost passages, about a second each
};

/// Guesses at what cannot be healed: the index keeps vectors of passages, and those of a linear embedder give the words away.
/// Obtained from Store; lives as long as it. Thread-safe.
class Hypotheses {
public:
    virtual ~Hypotheses() = default;
    /// One for each passage that is lost for good, in the order of the log. Needs the index; an index that is gone, too, is a problem that
    /// each hypothesis names.
    virtual Result<std::vector<Hypothesis>> list(const HypothesesOptions& options, const Task& task) = 0;
    /// NotFound if the passage does not exist; InvalidArgument if it is not lost.
    virtual Result<Hypothesis> of(const FragmentId& id, const Task& task) = 0;
    /// Keeps the text as a new memory that says in its title and its tag "hypothesis" what it is ("recovered" if it is proven); the lost
    /// passage stays lost. Audited. Returns the new document; the same again makes a new version. NotFound if there is no text.
    virtual Result<FragmentId> accept(const FragmentId& id, const Task& task) = 0;
};

} // namespace carma
