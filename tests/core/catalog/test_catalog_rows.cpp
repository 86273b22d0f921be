// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"
#include "support_catalog.h"

#include <QTest>
#include <random>

using namespace carma;
using namespace carma::catalog;
using namespace carma::test;

/// What is applied comes back, whatever the portions and the order.
class TestCatalogRows : public QObject {
    Q_OBJECT

private:
    static Result<void> applyInParts(Catalog& catalog, const Batch& whole, std::uint32_t seed);

private slots:
    void aMissingCatalogIsMadeEmpty();
    void everyRowComesBackAsItWasApplied();
    void documentsAreFoundByPathExternalIdAndDigest();
    void filtersAndPagesOfDocuments();
    void countsFollowStates();
    void newerVersionReplacesTheEarlierOne();
    void forgettingTheNewestMakesTheEarlierCurrentAgain();
    void secondDocumentWithAnExternalIdReplacesTheFirst();
    void documentsTouchingFindsRecordsFragmentsAndPieces();
    void idsAreCompletedFromTheirBeginning();
    void forgottenStaysForgotten();
    void fragmentsBeforeTheirDocumentAreKept();
    void portionsAndOrderDoNotMatter();
    void bigSequencesAreRefused();
    void booksAreFoundByTypeInOrder();
};

void TestCatalogRows::aMissingCatalogIsMadeEmpty()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    VERIFY_OK(opened);
    QVERIFY(opened->condition == Condition::Missing);
    QCOMPARE(opened->catalog->appliedSequence(), Sequence{0});
    QVERIFY(opened->catalog->namespaces()->empty());
    QVERIFY(!opened->catalog->findNamespace("x")->has_value());
    QVERIFY(!opened->catalog->document(fragmentId(1))->has_value());
    QVERIFY(!opened->catalog->fragmentBySequence(3)->has_value());
    COMPARE_ERROR(openCatalog(folder.path() + "/none", CatalogFolder::store(), 0, CatalogFolder::keys(), false), ErrorCode::NotFound);
}

void TestCatalogRows::everyRowComesBackAsItWasApplied()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    VERIFY_OK(opened);
    Catalog& catalog = *opened->catalog;
    Batch batch = makeBatch(3, 5);
    batch.documents[1].externalId = "external 1";
    batch.documents[1].pieces = {900, 3, 901};
    batch.fragments[2].parent = fragmentId(99); // not numbered from its document
    batch.fragments[3].parent = {};
    VERIFY_OK(catalog.apply(batch));
    QCOMPARE(catalog.appliedSequence(), Sequence{18});

    const auto document = catalog.document(fragmentId(1));
    VERIFY_OK(document);
    QVERIFY(document->has_value());
    QCOMPARE((*document)->path, std::string("folder/file 1"));
    QCOMPARE((*document)->title, std::string("Title 1"));
    QCOMPARE((*document)->externalId, std::string("external 1"));
    QVERIFY((*document)->tags == batch.documents[1].tags);
    QVERIFY((*document)->pieces == batch.documents[1].pieces);
    QVERIFY((*document)->digest == batch.documents[1].digest);
    QCOMPARE((*document)->modifiedUs, std::int64_t{-5});
    QCOMPARE((*document)->fragments, 5U);
    QVERIFY((*document)->current);

    for (const FragmentRow& row : batch.fragments) {
        const auto byId = catalog.fragment(row.id);
        const auto bySequence = catalog.fragmentBySequence(row.sequence);
        VERIFY_OK(byId);
        QVERIFY((*byId)->parent == row.parent && (*byId)->document == row.document && (*byId)->space == row.space);
        QVERIFY((*byId)->order == row.order && (*byId)->offset == row.offset && (*byId)->timeUs == row.timeUs);
        QVERIFY((*bySequence)->id == row.id);
    }
    const auto ofDocument = catalog.fragmentsOf(fragmentId(2));
    QCOMPARE(ofDocument->size(), std::size_t{5});
    QCOMPARE(ofDocument->at(4).number, 4U);
    const auto three = catalog.fragments(namespaceId(1), 5, 3);
    QCOMPARE(three->size(), std::size_t{3});
    QCOMPARE(three->front().sequence, Sequence{6}); // 5 is a document's record
    QVERIFY(catalog.fragments(namespaceId(2), 0, 3)->empty());
    const auto space = catalog.findNamespace("first space");
    QVERIFY(space->has_value());
    QCOMPARE((*space)->documents, std::uint64_t{3});
    QCOMPARE((*space)->textBytes, std::uint64_t{15 * 900});
}

void TestCatalogRows::documentsAreFoundByPathExternalIdAndDigest()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    Batch batch = makeBatch(4, 1);
    batch.documents[2].externalId = "outer";
    batch.documents[3].path.clear();
    VERIFY_OK(catalog.apply(batch));
    QVERIFY((*catalog.documentByPath(namespaceId(1), "folder/file 2"))->id == fragmentId(2));
    QVERIFY(!catalog.documentByPath(namespaceId(2), "folder/file 2")->has_value());
    QVERIFY(!catalog.documentByPath(namespaceId(1), "")->has_value());
    QVERIFY((*catalog.documentByExternalId(namespaceId(1), "outer"))->id == fragmentId(2));
    QVERIFY(!catalog.documentByExternalId(namespaceId(1), "")->has_value());
    QVERIFY((*catalog.documentByDigest(namespaceId(1), digestOf(4)))->id == fragmentId(3));
    QVERIFY(!catalog.documentByDigest(namespaceId(1), {})->has_value());
    QVERIFY(!catalog.documentByDigest(namespaceId(9), digestOf(4))->has_value());
}

void TestCatalogRows::filtersAndPagesOfDocuments()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    Batch batch = makeBatch(10, 1);
    batch.documents.push_back(makeDocument(50, 2, 100, "other"));
    batch.documents.push_back(makeDocument(60, 1, 101, "folder/file 0"));
    batch.forgottenDocuments = {fragmentId(5)};
    VERIFY_OK(catalog.apply(batch));
    const auto count = [&](std::optional<NamespaceId> space, bool oldVersions, bool forgotten) {
        const auto rows = catalog.documents(
            {.space = space, .oldVersions = oldVersions, .forgotten = forgotten, .after = {}, .limit = 100});
        return rows.has_value() ? rows->size() : 1000;
    };
    QCOMPARE(count({}, false, false), std::size_t{10});
    QCOMPARE(count(namespaceId(1), false, false), std::size_t{9});
    QCOMPARE(count(namespaceId(2), false, false), std::size_t{1});
    QCOMPARE(count(namespaceId(3), false, false), std::size_t{0});
    QCOMPARE(count({}, true, false), std::size_t{11});
    QCOMPARE(count({}, false, true), std::size_t{11});
    Catalog::DocumentFilter filter{.space = namespaceId(1), .oldVersions = true, .forgotten = true, .after = {}, .limit = 3};
    std::vector<FragmentId> ids;
    for (;;) {
        const auto page = catalog.documents(filter);
        VERIFY_OK(page);
        if (page->empty()) {
            break;
        }
        for (const DocumentRow& row : *page) {
            ids.push_back(row.id);
        }
        filter.after = ids.back();
    }
    QCOMPARE(ids.size(), std::size_t{11});
    QVERIFY(std::ranges::is_sorted(ids));
}

void TestCatalogRows::countsFollowStates()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    VERIFY_OK(catalog.apply(makeBatch(4, 4)));
    Batch states;
    states.states = {{0, State::Lost}, {1, State::Lost}, {6, State::Lost}, {4, State::Lost}};
    states.forgottenFragments = {makeFragment(0, 1, 1, 1).id};
    VERIFY_OK(catalog.apply(states));
    QCOMPARE(catalog.appliedSequence(), Sequence{20});
    const auto counts = catalog.counts({});
    QCOMPARE(counts->documents, std::uint64_t{4});
    QCOMPARE(counts->fragments, std::uint64_t{15});
    QCOMPARE(counts->lost, std::uint64_t{2});
    QCOMPARE(counts->forgotten, std::uint64_t{1});
    QCOMPARE(counts->namespaces, std::uint64_t{1});
    QCOMPARE((*catalog.document(fragmentId(0)))->lost, 1U);
    QVERIFY((*catalog.document(fragmentId(0)))->state == State::Lost);
    QCOMPARE(catalog.lostFragments(10)->size(), std::size_t{2});
    const auto oneLost = catalog.lostFragments(1);
    QCOMPARE(oneLost->size(), std::size_t{1});
    QCOMPARE(oneLost->front().sequence, Sequence{0});
    Batch healed;
    healed.states = {{0, State::Exact}, {1, State::Exact}, {4, State::Exact}, {6, State::Exact}};
    VERIFY_OK(catalog.apply(healed));
    QVERIFY(catalog.lostFragments(10)->empty());
    QCOMPARE(catalog.counts(namespaceId(1))->forgotten, std::uint64_t{1});
    QCOMPARE(catalog.counts(namespaceId(2))->fragments, std::uint64_t{0});
}

void TestCatalogRows::newerVersionReplacesTheEarlierOne()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    VERIFY_OK(catalog.apply(makeBatch(2, 2)));
    Batch newer;
    newer.documents = {makeDocument(10, 1, 20, "folder/file 0"), makeDocument(11, 1, 21, "moved")};
    newer.documents[1].replaces = fragmentId(1);
    newer.fragments = {makeFragment(10, 0, 1, 19)};
    VERIFY_OK(catalog.apply(newer));
    QVERIFY(!(*catalog.document(fragmentId(0)))->current);
    QVERIFY(!(*catalog.document(fragmentId(1)))->current);
    QVERIFY((*catalog.documentByPath(namespaceId(1), "folder/file 0"))->id == fragmentId(10));
    QVERIFY(!catalog.documentByPath(namespaceId(1), "folder/file 1")->has_value());
    QVERIFY((*catalog.document(fragmentId(11)))->replaces == fragmentId(1));
    QCOMPARE(catalog.fragments(namespaceId(1), 0, 100)->size(), std::size_t{1});
    QCOMPARE(catalog.counts({})->documents, std::uint64_t{2});
    QCOMPARE(catalog.counts({})->fragments, std::uint64_t{1});
}

void TestCatalogRows::forgettingTheNewestMakesTheEarlierCurrentAgain()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    Batch batch;
    batch.documents = {makeDocument(1, 1, 1, "a"), makeDocument(2, 1, 2, "a"), makeDocument(3, 1, 3, "a")};
    VERIFY_OK(catalog.apply(batch));
    Batch forget;
    forget.forgottenDocuments = {fragmentId(3)};
    VERIFY_OK(catalog.apply(forget));
    QVERIFY((*catalog.documentByPath(namespaceId(1), "a"))->id == fragmentId(2));
    forget.forgottenDocuments = {fragmentId(2), fragmentId(1)};
    VERIFY_OK(catalog.apply(forget));
    QVERIFY(!catalog.documentByPath(namespaceId(1), "a")->has_value());
}

void TestCatalogRows::secondDocumentWithAnExternalIdReplacesTheFirst()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    Batch batch;
    batch.documents = {makeDocument(1, 1, 1, "a"), makeDocument(2, 1, 2, "b"), makeDocument(3, 2, 3, "c")};
    for (DocumentRow& row : batch.documents) {
        row.externalId = "same";
    }
    VERIFY_OK(catalog.apply(batch));
    QVERIFY((*catalog.documentByExternalId(namespaceId(1), "same"))->id == fragmentId(2));
    QVERIFY(!(*catalog.document(fragmentId(1)))->current);
    QVERIFY((*catalog.documentByExternalId(namespaceId(2), "same"))->id == fragmentId(3));
}

void TestCatalogRows::documentsTouchingFindsRecordsFragmentsAndPieces()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    Batch batch = makeBatch(5, 3); // sequences 0..19
    batch.documents[3].pieces = {500, 501, 500};
    batch.documents[4].pieces = {501};
    VERIFY_OK(catalog.apply(batch));
    const auto touching = [&](const std::vector<Sequence>& sequences) {
        QStringList ids;
        const auto rows = catalog.documentsTouching(sequences);
        for (const DocumentRow& row : *rows) {
            ids += QString::fromStdString(row.title.substr(6));
        }
        return ids.join(",");
    };
    QCOMPARE(touching({1}), QString("0"));
    QCOMPARE(touching({3, 5, 500}), QString("0,1,3"));
    QCOMPARE(touching({501}), QString("3,4"));
    QCOMPARE(touching({0, 1, 2, 3}), QString("0"));
    QCOMPARE(touching({700}), QString());
    Batch forget;
    forget.forgottenDocuments = {fragmentId(4)};
    VERIFY_OK(catalog.apply(forget));
    QCOMPARE(touching({501}), QString("3"));
}

void TestCatalogRows::idsAreCompletedFromTheirBeginning()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    Batch batch;
    DocumentRow row = makeDocument(1, 1, 1, "a");
    row.id = parseId<FragmentId>("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").value();
    batch.documents = {row};
    row.id = parseId<FragmentId>("3ABCDEFGHJKMNPQRSTVWXYZ012").value();
    row.path = "b";
    batch.documents.push_back(row);
    FragmentRow fragment = makeFragment(1, 0, 1, 5);
    fragment.document = row.id;
    fragment.id = parseId<FragmentId>("3ABCDEFHHJKMNPQRSTVWXYZ012").value();
    batch.fragments = {fragment};
    VERIFY_OK(catalog.apply(batch));
    QVERIFY(**catalog.completeId("7zzzzz") == batch.documents[0].id);
    QVERIFY(**catalog.completeId("7ZZZZZZZZZZZZZZZZZZZZZZZZZ") == batch.documents[0].id);
    QVERIFY(**catalog.completeId("3ABCDEFG") == row.id);
    QVERIFY(**catalog.completeId("3abcdefh") == fragment.id);
    QVERIFY(!catalog.completeId("3ABCDEFA")->has_value());
    COMPARE_ERROR(catalog.completeId("3ABCDEF"), ErrorCode::InvalidArgument);
    COMPARE_ERROR(catalog.completeId("3ABCD"), ErrorCode::InvalidArgument);
    COMPARE_ERROR(catalog.completeId("3ABCDU"), ErrorCode::InvalidArgument);
    COMPARE_ERROR(catalog.completeId("8ABCDE"), ErrorCode::InvalidArgument);
    COMPARE_ERROR(catalog.completeId(std::string(27, '0')), ErrorCode::InvalidArgument);
}

void TestCatalogRows::forgottenStaysForgotten()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    const Batch batch = makeBatch(2, 3);
    VERIFY_OK(catalog.apply(batch));
    Batch forget;
    forget.forgottenDocuments = {fragmentId(0)};
    forget.forgottenFragments = {batch.fragments[4].id};
    VERIFY_OK(catalog.apply(forget));
    VERIFY_OK(catalog.apply(batch));
    Batch states;
    states.states = {{0, State::Exact}, {3, State::Exact}, {5, State::Exact}};
    states.fragments = {makeFragment(0, 9, 1, 90)};
    VERIFY_OK(catalog.apply(states));
    const auto document = catalog.document(fragmentId(0));
    QVERIFY((*document)->state == State::Forgotten && !(*document)->current);
    QVERIFY((*document)->path.empty() && (*document)->title.empty() && (*document)->tags.empty());
    QCOMPARE((*document)->sequence, Sequence{3});
    const auto fragments = catalog.fragmentsOf(fragmentId(0));
    QCOMPARE(fragments->size(), std::size_t{4});
    for (const FragmentRow& row : *fragments) {
        QVERIFY(row.state == State::Forgotten);
    }
    QVERIFY((*catalog.fragment(batch.fragments[4].id))->state == State::Forgotten);
    QCOMPARE(catalog.fragments(namespaceId(1), 0, 100)->size(), std::size_t{2});
    QVERIFY(!catalog.documentByPath(namespaceId(1), "folder/file 0")->has_value());
}

void TestCatalogRows::fragmentsBeforeTheirDocumentAreKept()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Catalog& catalog = *opened->catalog;
    Batch batch = makeBatch(1, 3);
    Batch later;
    later.documents = std::exchange(batch.documents, {});
    VERIFY_OK(catalog.apply(batch));
    QCOMPARE(catalog.fragments(namespaceId(1), 0, 10)->size(), std::size_t{3});
    QVERIFY(!catalog.document(fragmentId(0))->has_value());
    QVERIFY(catalog.documents({})->empty());
    QCOMPARE(catalog.counts({})->documents, std::uint64_t{0});
    VERIFY_OK(catalog.apply(later));
    QCOMPARE(catalog.fragmentsOf(fragmentId(0))->size(), std::size_t{3});
    QCOMPARE(catalog.documents({})->size(), std::size_t{1});
}

Result<void> TestCatalogRows::applyInParts(Catalog& catalog, const Batch& whole, std::uint32_t seed)
{
    std::vector<Batch> parts;
    for (const auto& row : whole.namespaces) {
        parts.emplace_back().namespaces = {row};
    }
    for (const auto& row : whole.documents) {
        parts.emplace_back().documents = {row};
    }
    for (const auto& row : whole.fragments) {
        parts.emplace_back().fragments = {row};
    }
    std::mt19937 random(seed);
    std::ranges::shuffle(parts, random);
    Batch rest = whole;
    rest.namespaces.clear();
    rest.documents.clear();
    rest.fragments.clear();
    parts.push_back(rest);
    for (const Batch& part : parts) {
        CARMA_TRY(catalog.apply(part));
    }
    return {};
}

void TestCatalogRows::portionsAndOrderDoNotMatter()
{
    Batch batch = makeBatch(12, 3);
    batch.namespaces.push_back(makeNamespace(2, "second"));
    for (std::uint64_t i = 0; i < 12; ++i) {
        // Versions of four paths, external ids that wander, and some explicit successors.
        batch.documents[i].path = "path " + std::to_string(i % 4);
        batch.documents[i].externalId = i % 3 == 0 ? "e" + std::to_string(i % 2) : "";
        if (i > 6) {
            batch.documents[i].replaces = fragmentId(i - 5);
        }
    }
    batch.forgottenDocuments = {fragmentId(8), fragmentId(11)};
    batch.forgottenFragments = {batch.fragments[4].id};
    batch.states = {{0, State::Lost}, {3, State::Lost}};
    const CatalogFolder oneFolder;
    auto one = oneFolder.open();
    VERIFY_OK(one->catalog->apply(batch));
    const QString expected = dump(*one->catalog, {1, 2});
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const CatalogFolder folder;
        auto many = folder.open();
        VERIFY_OK(applyInParts(*many->catalog, batch, seed));
        QVERIFY2(dump(*many->catalog, {1, 2}) == expected, qPrintable(QString("seed %1").arg(seed)));
    }
}

void TestCatalogRows::booksAreFoundByTypeInOrder()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    VERIFY_OK(opened);
    Batch batch;
    batch.books = {{11, 7}, {12, 3}, {11, 4}, {11, 9}};
    batch.appliedSequence = 10;
    VERIFY_OK(opened->catalog->apply(batch));
    VERIFY_OK(opened->catalog->apply(batch)); // twice is the same as once
    QCOMPARE(*opened->catalog->books(11, 0, 10), (std::vector<Sequence>{4, 7, 9}));
    QCOMPARE(*opened->catalog->books(11, 5, 1), (std::vector<Sequence>{7}));
    QCOMPARE(*opened->catalog->books(12, 0, 10), (std::vector<Sequence>{3}));
    QVERIFY(opened->catalog->books(13, 0, 10)->empty());
    QVERIFY(opened->catalog->books(11, kNoSequence, 10)->empty());
}

void TestCatalogRows::bigSequencesAreRefused()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Batch batch;
    batch.fragments = {makeFragment(1, 0, 1, kNoSequence)};
    COMPARE_ERROR(opened->catalog->apply(batch), ErrorCode::InvalidArgument);
    QVERIFY(opened->catalog->fragments(namespaceId(1), 0, 10)->empty());
    QVERIFY(opened->catalog->fragments(namespaceId(1), kNoSequence, 10)->empty());
    QVERIFY(!opened->catalog->fragmentBySequence(kNoSequence)->has_value());
}

CARMA_TEST_CLASS(TestCatalogRows, "test_catalog_rows")
#include "test_catalog_rows.moc"
