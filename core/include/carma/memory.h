// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/ingest.h>
#include <carma/progress.h>
#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace carma {

/// Place in the tree of a document.
enum class TreeLevel : std::uint8_t { Document, Section, Passage, Sentences };
std::string_view name(TreeLevel level); ///< "document", "section", "passage", "sentences"

/// How trustworthy a fragment's text is.
enum class FragmentState : std::uint8_t {
    Exact,       ///< its bytes match the recorded check
    Placeholder, ///< its bytes cannot be read: text is empty, everything else is known
    Forgotten,   ///< the user had it forgotten
};
std::string_view name(FragmentState state); ///< "exact", "placeholder", "forgotten"

/// Memory to be kept. Text is 1 byte to 64 MiB of UTF-8; longer than 64 KiB is cut into passages of one document.
struct NewMemory {
    std::string text;
    std::string title;
    std::string externalId; ///< the caller's own id, unique in the namespace: the same id again makes a new version
    std::vector<std::string> tags;
};

struct DocumentSummary {
    FragmentId id;
    std::string space; ///< the namespace's name
    std::string path;  ///< as ingested; empty for notes
    std::string title;
    std::string mediaType;
    std::string externalId;
    std::vector<std::string> tags;
    std::uint64_t bytes = 0; ///< of the original
    std::int64_t createdUs = 0;
    std::int64_t modifiedUs = 0;
    std::uint32_t passages = 0;
    std::uint32_t placeholders = 0; ///< passages that cannot be read
    bool current = true;            ///< no newer version
    FragmentState state = FragmentState::Exact;
};

struct TreeNode {
    FragmentId id;
    TreeLevel level{};
    std::uint32_t parent = 0; ///< position in the tree's list; the root is its own parent
    std::uint32_t order = 0;  ///< among its siblings
    std::uint64_t offset = 0; ///< in the document's text
    std::uint64_t bytes = 0;
    std::string title;
    std::int64_t timeUs = 0;
    FragmentState state = FragmentState::Exact;
};

struct DocumentTree {
    DocumentSummary document;
    std::vector<TreeNode> nodes; ///< depth first; node 0 is the document
};

/// A fragment with its text and where it stands.
struct FragmentView {
    FragmentId id;
    TreeLevel level{};
    FragmentState state = FragmentState::Exact;
    std::string text;  ///< empty unless exact
    std::string place; ///< for people: "Garden > Beds, passage 3 of 12"
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::int64_t timeUs = 0;
    Sequence sequence = kNoSequence; ///< of the record that holds it
    DocumentSummary document;
    FragmentId parent;
    std::uint32_t missingPassages = 0; ///< for documents and sections: how many of their passages cannot be read
};

enum class QueryMode : std::uint8_t { Hybrid, Semantic, Lexical };

struct QueryOptions {
    std::string space = "default";
    bool allSpaces = false;
    std::size_t limit = 10; ///< 1..10,000
    QueryMode mode = QueryMode::Hybrid;
    bool onePerDocument = false;
    bool explain = false;
    std::size_t context = 0; ///< passages before and after each hit, 0..16
    std::optional<float> minScore;
    /// Asks the namespace as it was then (microseconds since 1970): documents that came later are left out, and those that were replaced
    /// since are there in the version of that time. What is forgotten stays forgotten. The first such question reads old versions in.
    std::optional<std::int64_t> asOfUs;
    /// QueryAnswer::cursor of the page before, of the same query with the same options: goes on behind it. Documents that came since the
    /// first page are left out. The first 10,000 hits can be had.
    std::string cursor;
    bool suggest = false; ///< for words that no passage has, tells the one that is spelt most like it
    /// Says of hits that cannot be read what may have stood there (see carma/hypotheses.h). About a second more.
    bool includeHypotheses = false;
};

struct ScoreTerm {
    std::string name;
    float raw = 0;
    float added = 0;
    std::vector<ScoreTerm> parts{}; ///< what `added` is the sum of: words of the query, neighbours; empty for others
};

/// A guess at a passage that cannot be read. Never what the store remembers, unless it is proven.
struct PassageGuess {
    std::string text;
    float confidence = 0;  ///< 0..1: the expected share of its words that stood there
    bool isProven = false; ///< the recorded digest fits: the very text
};

struct QueryHit {
    FragmentView fragment;
    std::optional<PassageGuess> hypothesis{}; ///< of a placeholder, when asked for
    float score = 0;
    std::vector<ScoreTerm> terms;
    std::vector<FragmentView> before, after; ///< neighbours, when context was asked for
};

struct SpellingSuggestion {
    std::string word;    ///< of the query, lower-case and without accents
    std::string instead; ///< of the passages
};

struct QueryAnswer {
    std::vector<QueryHit> hits; ///< best first
    std::string cursor{};       ///< for the next page; empty if this one is not full
    std::vector<SpellingSuggestion> suggestions{};
    std::uint64_t passages = 0;          ///< searched
    std::uint64_t placeholders = 0;      ///< passages that could not be searched
    std::vector<std::string> warnings{}; ///< one line each: what makes the answer poorer than it should be
    std::int64_t tookUs = 0;
};

/// A passage whose meaning is near that of another.
struct Neighbour {
    FragmentId fromDocument, from; ///< of what was asked about
    FragmentId toDocument, to;
    float similarity = 0; ///< cosine of the two passages' vectors, -1..1
};

struct ForgetOptions {
    /// Also purge the bytes of this and of all that was forgotten before from every file of the store before returning.
    bool now = false;
};

struct ForgetReport {
    std::uint64_t documents = 0;
    std::uint64_t fragments = 0;
    std::uint64_t recordsPurged = 0;
    std::uint64_t segmentsRewritten = 0;
    std::uint64_t pending = 0; ///< records whose bytes wait for a purge (without `now`)
};

struct ExportOptions {
    std::optional<std::string> space; ///< all namespaces (each in a folder of its name) if none
    bool overwrite = false;
};

struct ExportReport {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<FileProblem> incomplete; ///< documents that lack bytes: not written, the reason names what is missing
    bool cancelled = false;
};

struct NamespaceSummary {
    NamespaceId id;
    std::string name;
    std::int64_t createdUs = 0;
    std::uint64_t documents = 0, passages = 0, textBytes = 0;
};

struct ListOptions {
    std::optional<std::string> space; ///< every namespace if none
    bool oldVersions = false;
    FragmentId after;         ///< for paging: the last id seen
    std::size_t limit = 1000; ///< 1..100,000
};

/// What is in a store: putting in, asking, reading, forgetting. Obtained from Store; lives as long as it. Thread-safe.
class Memory {
public:
    virtual ~Memory() = default;

    /// Keeps one or many texts; durable on return, all or none. Returns the documents' ids in order.
    /// InvalidArgument (empty, not UTF-8), LimitExceeded, Busy (store is open for reading only), Io, NoSpace.
    virtual Result<std::vector<FragmentId>> remember(std::string_view space, const std::vector<NewMemory>& memories) = 0;
    /// Ingests files and folders. A file that cannot be read or understood is named in the report and the rest goes on.
    virtual Result<IngestReport> ingest(const std::vector<std::string>& paths, const IngestOptions& options, const Task& task) = 0;
    /// Ingests, and then again what changes, until the task is stopped, which is no error. A burst of changes is one round: it begins
    /// when half a second passed without another change, or five seconds after the first. `onRound` is called after each round on the
    /// calling thread. What is deleted outside stays here. Unsupported if the system cannot watch; otherwise errors are those of ingest.
    virtual Result<void> watch(const std::vector<std::string>& paths, const IngestOptions& options,
        const std::function<void(const IngestReport&)>& onRound, const Task& task) = 0;
    /// Ingests bytes as if they were a file called `path` (for standard input).
    virtual Result<IngestReport> ingestBytes(std::string_view path, std::string_view bytes, const IngestOptions& options) = 0;

    /// `text` is plain words, or the language of core/docs/query.md: "phrases", +demanded, -excluded, prefix*, tag:x. InvalidArgument for
    /// what that page calls a mistake, with its column.
    virtual Result<QueryAnswer> query(std::string_view text, const QueryOptions& options) = 0;

    /// For each of `ids`, in that order, up to `limit` (1..100) passages of other documents of its namespace that are nearest by meaning,
    /// best first, one of each document. A document is stood for by up to four of its passages, chosen evenly. What the index has no
    /// vector of has no neighbours; nor has what is lost, forgotten, replaced or not there. Reads vectors and no text, and is neither
    /// metered nor audited. InvalidArgument for more than 10,000 ids.
    virtual Result<std::vector<Neighbour>> neighbours(const std::vector<FragmentId>& ids, std::size_t limit) = 0;

    virtual Result<std::vector<DocumentSummary>> list(const ListOptions& options) = 0;
    /// `id` is a whole id, the first characters of one (6 or more), an ingested path, or an external id.
    virtual Result<FragmentId> resolve(std::string_view id) = 0;
    virtual Result<FragmentView> show(const FragmentId& id) = 0;
    virtual Result<DocumentTree> tree(const FragmentId& document) = 0;
    /// The original bytes of a document. Corruption names the missing parts.
    virtual Result<std::string> original(const FragmentId& document) = 0;

    /// Forgets documents (with all that is in them) or single passages. With `now`, `ids` may be empty: what was forgotten before is
    /// purged.
    virtual Result<ForgetReport> forget(const std::vector<FragmentId>& ids, const ForgetOptions& options, const Task& task) = 0;
    /// Writes the originals to `folder` under the paths of `ingest`; notes as notes/<id>.txt. Existing files are an error unless
    /// `overwrite`. Each file is written aside and renamed.
    virtual Result<ExportReport> exportTo(const std::string& folder, const ExportOptions& options, const Task& task) = 0;

    virtual Result<std::vector<NamespaceSummary>> namespaces() = 0;
    virtual Result<NamespaceId> createNamespace(
        std::string_view space) = 0; ///< AlreadyExists; names are 1..128 bytes of UTF-8 without '/' and control characters
};

} // namespace carma
