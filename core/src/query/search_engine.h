// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/language.h"
#include "index/snapshot_pages.h"
#include "query/language/query_language.h"

#include <carma/embedder.h>
#include <carma/executor.h>
#include <carma/ids.h>
#include <carma/progress.h>
#include <carma/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The search engine of one namespace: everything between a text query and ranked passage ids.
///
/// Scores follow fractal scoring: with z(x) = (x - mean) / deviation over the namespace's passages a passage scores
///   words z(bm25) + wordPart z(bm25 of its best part) + wordPair z(bm25 of the query's pairs of words)
/// + parent z(bm25 of its parent)^p
/// + semantic [passage z(cosine) + part z(cosine of its best part)] + semanticParent z(cosine with its parent's mean vector)^p
/// + sum over the two passages on each side, times .6 at the second, of (before or after) (z(bm25) + semantic z(cosine))^p.
/// The power p = 1.25 keeps the sign: around a passage one thing that fits well says more than several that fit a little. What stands
/// before it counts more than what comes after: an answer follows its question, a text its heading.
/// A part is a group of sentences (index/text_parts.h); a passage of one part is its own best. What a long passage says in one place
/// is blurred in the vector of the whole, and words that are far apart in it have less to do with each other. A pair is two words that
/// stand side by side in query and passage.
namespace carma::query {

struct Weights {
    float words = 0.5F;
    float wordPart = 0.5F;
    float wordPair = 0.05F;
    float semantic = 0.5F;
    float parent = 0.3F;
    float semanticParent = 0.15F;
    float before = 0.28F; ///< of the neighbours
    float after = 0.17F;  ///< of the neighbours
    float passage = 0.6F; ///< share of `semantic`
    float part = 0.6F;    ///< share of `semantic`; 0: parts are neither embedded nor kept
};

/// What the engine is told about one passage. Not owned; the engine keeps no text.
struct PassageView {
    FragmentId id{};
    FragmentId document{};
    FragmentId parent{};     ///< the section (or session) it belongs to: the level above
    std::uint32_t order = 0; ///< position in the parent; neighbours are order - 1 and order + 1 ...
    Sequence sequence = 0;   ///< of the record that holds it
    std::int64_t timeUs = 0;
    std::string_view title{}; ///< of the document; counted with the passage's words, and embedded with it
    std::string_view text{};
    index::Language language = index::Language::English; ///< of the document: whose stems and stop words count
};

enum class Mode : std::uint8_t { Hybrid, Semantic, Lexical };

struct Request {
    std::string_view text;                   ///< may be blank if there are prefixes
    const ParsedQuery* conditions = nullptr; ///< not owned: which passages are looked at at all; its text and fields do not count
    const std::vector<FragmentId>* documents = nullptr; ///< not owned: passages of these only; rising
    Mode mode = Mode::Hybrid;
    std::size_t limit = 10; ///< 1..10,000
    std::size_t offset = 0;
    bool onePerDocument = false;
    Sequence asOf = kNoSequence; ///< only passages whose sequence is below
    float minScore = -1e30F;
    bool explain = false;
    bool suggest = false; ///< looks for words that are spelt like those of the query that no passage has
};

/// One summand of a hit's score: name ("bm25", "best part bm25", "pair bm25", "parent bm25", "cosine", "best part", "parent cosine",
/// "neighbours"), the raw value, and what it added. What "bm25" added is made of each word of the query and what an average passage has
/// ("mean"); what "neighbours" added, of each of them ("1 before", "2 after").
struct Term {
    std::string name;
    float raw = 0;
    float added = 0;
    std::vector<Term> parts{};
};

struct Hit {
    FragmentId id;
    FragmentId document;
    Sequence sequence = 0;
    float score = 0;
    std::vector<Term> terms; ///< when explained
};

/// A word of the query that no passage has, and the one of the passages that is spelt most like it; empty if none is near.
struct Suggestion {
    std::string word;
    std::string instead;
};

struct Answer {
    std::vector<Suggestion> suggestions{}; ///< when asked for; in the order of the query
    std::vector<Hit> hits;                 ///< best first; ties by id
    std::size_t candidates = 0;            ///< passages that were scored by the whole formula
};

/// What the engine keeps of a passage's meaning: vectors of length 1, each of `title. text`, rounded to whole multiples of `step`.
struct Traces {
    std::vector<float> whole;              ///< empty: no token of it was known
    std::vector<std::vector<float>> parts; ///< in the order of the text; empty for a passage of one part
    float step = 0;
};

/// Where the words of one stem stand in a passage's text.
struct WordPlaces {
    std::vector<std::string> forms;       ///< that were looked for, lower-case and without accents: which of them it is, is not known
    std::vector<std::uint32_t> positions; ///< rising; counted as index::countTerms does, from the title's first word on
};

struct TextPlaces {
    std::vector<WordPlaces> words;
    std::vector<std::uint32_t> partBegins; ///< position of each part's first word; empty for a passage of one part
};

/// Small namespaces, pages far down and an engine that was not prepared are searched exactly: every passage is scored. Otherwise the
/// passages that may be among the best are found first, by a graph over the vectors and by the words; their scores differ from the exact
/// ones by what the cosines' deviation differs in a sample.
///
/// Thread-safe: any number of searches run beside each other and beside improve(); add, remove and encode wait for them.
class SearchEngine {
public:
    virtual ~SearchEngine() = default;
    /// Adds passages (embeds and indexes them). An id that is there already is replaced.
    virtual Result<void> add(std::span<const PassageView> passages) = 0;
    /// Forgets passages: their vectors and postings are gone from memory and from later snapshots.
    virtual void remove(std::span<const FragmentId> ids) = 0;
    virtual Result<Answer> search(const Request& request) = 0;
    /// Prepares large namespaces for many searches, a slice a call: links up to `count` passages into the graph. True if there is more
    /// to do. Searches see all passages all the time; they get faster.
    virtual bool improve(std::size_t count) = 0;
    /// Has a large namespace searched by candidates from now on, so that answers before and after it was kept are the same. Much faster
    /// than improve().
    virtual void prepare() = 0;
    [[nodiscard]] virtual std::size_t size() const = 0;
    [[nodiscard]] virtual std::size_t memoryBytes() const = 0;
    /// Nothing if the passage is not there.
    [[nodiscard]] virtual std::optional<Traces> tracesOf(const FragmentId& id) const = 0;
    /// About `count` of the passages whose vectors are nearest to that of `id`, itself left out, best first; the score is the cosine.
    /// Empty if it has no vector.
    [[nodiscard]] virtual std::vector<Hit> nearest(const FragmentId& id, std::size_t count) const = 0;
    /// The whole engine as bytes, to be sealed by the caller; decodeSearchEngine reads it back. `appliedSequence` is
    /// the caller's mark. A large namespace is prepared first.
    [[nodiscard]] virtual Bytes encode(Sequence appliedSequence) = 0;
    /// Something of the snapshot could not be read when it was wanted. Searches and additions end with Corruption since then, removals are
    /// not made, and nothing else that the engine says counts. The caller makes another one.
    [[nodiscard]] virtual bool isDamaged() const = 0;
    /// Which of the words of `vocabulary`, a text, the passage's text has, and where; stop words are not known. Nothing if the passage is
    /// not there. Reads the whole vocabulary: milliseconds for 10,000 words.
    [[nodiscard]] virtual std::optional<TextPlaces> placesOf(const FragmentId& id, std::string_view vocabulary) const = 0;
};

struct EngineOptions {
    std::size_t candidatesFrom = 2'000; ///< passages; below, every one is scored
    std::size_t graphFrom = 50'000;     ///< at least candidatesFrom; below, the nearest are found by a scan of codes, which misses fewer
    Executor* executor = nullptr;       ///< not owned, outlives the engine: passages are read with its threads
};

std::unique_ptr<SearchEngine> makeSearchEngine(
    std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options = {});

struct DecodedEngine {
    std::unique_ptr<SearchEngine> engine;
    Sequence appliedSequence = 0;
};
/// Corruption for bytes that are no snapshot; Unsupported for one of another embedder or version. The bytes are trusted
/// to be ours (they come out of authenticated encryption) but are parsed with bounds all the same. Most of them are read when a search
/// needs them, all of them with the first addition or removal.
Result<DecodedEngine> decodeSearchEngine(std::shared_ptr<index::SnapshotPages> pages, std::shared_ptr<Embedder> embedder,
    const Weights& weights, const EngineOptions& options = {});
/// The same for bytes that are there.
Result<DecodedEngine> decodeSearchEngine(
    ByteView bytes, std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options = {});

} // namespace carma::query
