// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// The catalog's files, damaged or forged, opened, checked and written on.
#include "catalog/catalog.h"
#include "catalog/page_sums.h"
#include "fuzz/fuzz_input.h"
#include "support/temporary_folder.h"

#include <algorithm>
#include <cstdlib>

using namespace carma;
using namespace carma::catalog;
using carma::fuzz::Files;
using carma::fuzz::Input;

namespace {

constexpr Sequence kLogEnd = 1000;
const StoreId kStore = StoreId{}.plus(5);

CatalogKeys keys() { return {.seal = SecretBytes(Bytes(32, std::byte{1})), .index = SecretBytes(Bytes(32, std::byte{2}))}; }

FragmentId documentId(std::uint64_t number)
{
    FragmentId id;
    id.bytes[0] = 1;
    return id.plus(number << 24U);
}

/// `documents` documents with three fragments each; sequences from `first` on.
Batch makeBatch(std::uint64_t firstDocument, std::uint64_t documents, Sequence first)
{
    Batch batch;
    NamespaceRow space;
    space.id = NamespaceId{}.plus(1);
    space.name = "space";
    batch.namespaces.push_back(space);
    Sequence sequence = first;
    for (std::uint64_t number = firstDocument; number < firstDocument + documents; ++number) {
        DocumentRow document;
        document.id = documentId(number);
        document.space = space.id;
        document.path = "folder/file " + std::to_string(number);
        document.title = "Title " + std::to_string(number);
        document.mediaType = "text/plain";
        document.externalId = number % 2 == 0 ? "external " + std::to_string(number) : "";
        document.tags = {"tag"};
        document.digest.fill(static_cast<std::byte>(number + 1));
        document.originalBytes = 500 + number;
        document.fragments = 3;
        for (std::uint32_t i = 0; i < 3; ++i) {
            FragmentRow fragment;
            fragment.id = document.id.plus(i + 2);
            fragment.document = document.id;
            fragment.space = space.id;
            fragment.sequence = sequence++;
            fragment.parent = document.id.plus(1);
            fragment.order = fragment.number = i;
            fragment.offset = std::uint64_t{i} * 100;
            fragment.bytes = 100;
            batch.fragments.push_back(fragment);
        }
        document.sequence = sequence++;
        batch.documents.push_back(std::move(document));
    }
    batch.appliedSequence = sequence;
    return batch;
}

template <typename Rows> std::size_t sizeOf(const Result<Rows>& rows) { return rows.has_value() ? rows->size() : 0; }

/// Everything the catalog says, or nothing at the first error.
std::optional<std::string> describe(Catalog& catalog)
{
    const auto spaces = catalog.namespaces();
    catalog::Catalog::DocumentFilter everything;
    everything.oldVersions = true;
    everything.forgotten = true;
    everything.limit = 10'000;
    const auto documents = catalog.documents(everything);
    if (!spaces.has_value() || !documents.has_value()) {
        return std::nullopt;
    }
    std::string text;
    for (const NamespaceRow& row : *spaces) {
        text += toString(row.id) + row.name + ' ' + std::to_string(row.documents) + ' ' + std::to_string(row.textBytes) + '\n';
    }
    for (const DocumentRow& row : *documents) {
        text += toString(row.id) + row.path + '|' + row.title + '|' + row.externalId + '|' + toHex(row.digest) + ' ' +
            std::to_string(row.sequence) + ' ' + std::to_string(row.originalBytes) + ' ' + std::to_string(row.tags.size()) + '\n';
        const auto fragments = catalog.fragmentsOf(row.id);
        if (!fragments.has_value()) {
            return std::nullopt;
        }
        for (const FragmentRow& fragment : *fragments) {
            text += toString(fragment.id) + ' ' + std::to_string(fragment.sequence) + ' ' + std::to_string(fragment.offset) + '\n';
        }
    }
    return text;
}

/// The look-ups that describe() leaves out. Their answers are not compared: any answer or error will do.
void lookAround(Catalog& catalog)
{
    const NamespaceId space = NamespaceId{}.plus(1);
    static_cast<void>(catalog.findNamespace("space").has_value());
    static_cast<void>(catalog.counts(space).has_value());
    static_cast<void>(catalog.document(documentId(1)).has_value());
    static_cast<void>(catalog.documentByPath(space, "folder/file 1").has_value());
    static_cast<void>(catalog.documentByExternalId(space, "external 2").has_value());
    static_cast<void>(catalog.fragmentBySequence(2).has_value());
    static_cast<void>(catalog.lostFragments(10).has_value());
    static_cast<void>(catalog.completeId(toString(documentId(1)).substr(0, 22)).has_value());
    const std::vector<Sequence> sequences{0, 3, 5};
    CARMA_ASSERT(sizeOf(catalog.documentsTouching(sequences)) <= 10'000);
    CARMA_ASSERT(sizeOf(catalog.fragments(space, 0, 100)) <= 100);
}

const std::vector<std::string_view> kNames{kDatabaseName, kSumsName};

struct Image {
    Files files;
    std::string content; ///< as describe() tells it
    Sequence applied = 0;
};

/// One folder for all inputs, in memory where the machine has such a place.
class Workplace {
public:
    Workplace()
    {
        const Batch batch = makeBatch(0, 12, 0);
        {
            const auto opened = openCatalog(path(), kStore, kLogEnd, keys(), false);
            CARMA_ASSERT(opened.has_value() && opened->catalog->apply(batch).has_value() && opened->catalog->settle().has_value());
            m_image.content = describe(*opened->catalog).value();
            m_image.applied = batch.appliedSequence;
        }
        for (const std::string_view name : kNames) {
            auto bytes = readWholeFile(*m_disk, name, 1U << 24U);
            CARMA_ASSERT(bytes.has_value());
            m_image.files.emplace_back(std::move(*bytes));
        }
    }

    [[nodiscard]] const Image& image() const { return m_image; }
    [[nodiscard]] const std::string& path() const { return m_folder.path(); }
    void put(const Files& files) const
    {
        CARMA_ASSERT(removeCatalog(path()).has_value());
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (files[i]) {
                const auto file = m_disk->open(kNames[i], OpenMode::CreateNew);
                CARMA_ASSERT(file.has_value() && (*file)->writeAt(0, *files[i]).has_value());
            }
        }
    }

private:
    struct InMemory {
        InMemory()
        {
            std::error_code ignored;
            if (std::filesystem::is_directory("/dev/shm", ignored)) {
                ::setenv("TMPDIR", "/dev/shm", 0);
            }
        }
    };
    InMemory m_inMemory; // before the folder, which it places
    test::TemporaryFolder m_folder;
    std::unique_ptr<Disk> m_disk = openPosixDisk(m_folder.path());
    Image m_image;
};

const Workplace& workplace()
{
    static const Workplace made;
    return made;
}

/// Sums that vouch for the database as it is now: what SQLite and the schema check see then is anything.
void vouchFor(Files& files)
{
    if (!files[0]) {
        return;
    }
    PageSums sums;
    sums.appliedSequence = workplace().image().applied;
    for (std::size_t at = 0; at + kPageBytes <= files[0]->size(); at += kPageBytes) {
        sums.pages.push_back(sumOf(kStore, at / kPageBytes, ByteView(*files[0]).subspan(at, kPageBytes), nullptr));
    }
    files[1] = encodeSums(kStore, sums);
}

/// What a healthy catalog must be able to do, whatever it began as.
void write(Catalog& catalog, bool fresh)
{
    const Batch batch = makeBatch(fresh ? 0 : 12, 2, fresh ? 0 : workplace().image().applied);
    const bool applied = catalog.apply(batch).has_value();
    CARMA_ASSERT(applied || !fresh);
    const bool settled = catalog.settle().has_value();
    CARMA_ASSERT(settled || !fresh);
    if (fresh) {
        const auto counts = catalog.counts({});
        CARMA_ASSERT(counts.has_value() && counts->documents == 2 && catalog.appliedSequence() == batch.appliedSequence);
    }
}

/// `exact`: the sums are the real ones, so what counts as good must be what was written.
void openFiles(const Files& files, bool exact, bool readOnly)
{
    workplace().put(files);
    const CatalogCheck check = checkCatalog(workplace().path(), kStore);
    CARMA_ASSERT(!exact || check.present == files[0].has_value());
    const auto opened = openCatalog(workplace().path(), kStore, kLogEnd, keys(), readOnly);
    CARMA_ASSERT(opened.has_value() || readOnly || !exact);
    if (!opened.has_value()) {
        return;
    }
    Catalog& catalog = *opened->catalog;
    const bool fresh = opened->condition != Condition::Good;
    const auto content = describe(catalog);
    lookAround(catalog);
    CARMA_ASSERT(!fresh || (content.has_value() && content->empty() && catalog.appliedSequence() == 0));
    CARMA_ASSERT(!exact || fresh || content == workplace().image().content);
    if (!readOnly) {
        write(catalog, fresh);
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    static_cast<void>(workplace());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input(std::as_bytes(std::span(data, size)));
    const std::uint8_t mode = input.byte() % 5;
    const bool readOnly = input.byte() % 4 == 0;
    Files files = workplace().image().files;
    switch (mode) {
    case 0: // the input's own bytes
        files[1] = toBytes(input.take(input.u16()));
        files[0] = toBytes(input.rest());
        break;
    case 1:
    case 2: fuzz::applyEdits(input, fuzz::Intent::Damage, files, {}); break;
    case 3: // as after a crash, when there are no sums
        fuzz::applyEdits(input, fuzz::Intent::Damage, files, {});
        files[1].reset();
        break;
    default: fuzz::applyEdits(input, fuzz::Intent::Forge, files, {}); vouchFor(files);
    }
    openFiles(files, (mode == 1 || mode == 2) && files[1].has_value(), readOnly);
    return 0;
}
