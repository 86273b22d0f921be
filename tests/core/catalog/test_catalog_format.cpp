// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"
#include "support_catalog.h"

#include "base/byte_io.h"
#include "catalog/page_sums.h"
#include "catalog/seals.h"
#include "log/sector/framed_object.h"

#include <QFile>
#include <QTest>

using namespace carma;
using namespace carma::catalog;
using namespace carma::test;

/// The worked examples of core/docs/format/catalog.md are what the code reads and writes.
class TestCatalogFormat : public QObject {
    Q_OBJECT

private:
    QList<QByteArray> m_examples; ///< the page's hex blocks, in order
    [[nodiscard]] Bytes example(int number) const;

private slots:
    void initTestCase();
    void sumsAreThoseOfTheExample();
    void documentOpensFromTheExample();
    void keyedHashesAreThoseOfTheExample();
    void damagedSumsAndRowsNeverOverrun();
};

Bytes TestCatalogFormat::example(int number) const
{
    const QByteArray bytes = QByteArray::fromHex(m_examples.at(number));
    return toBytes(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

void TestCatalogFormat::initTestCase()
{
    QFile page(QString(CARMA_SOURCE_DIR) + "/core/docs/format/catalog.md");
    QVERIFY(page.open(QIODevice::ReadOnly));
    bool inside = false;
    while (!page.atEnd()) {
        const QByteArray line = page.readLine().trimmed();
        if (line == "```hex") {
            m_examples.emplace_back();
            inside = true;
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            m_examples.back() += line;
        }
    }
    QCOMPARE(m_examples.size(), qsizetype{3});
}

void TestCatalogFormat::sumsAreThoseOfTheExample()
{
    Bytes page(kPageBytes);
    for (std::size_t i = 0; i < page.size(); ++i) {
        page[i] = static_cast<std::byte>(i);
    }
    PageSums sums{.appliedSequence = 1234, .pages = {sumOf(CatalogFolder::store(), 0, page, nullptr)}};
    const Bytes file = encodeSums(CatalogFolder::store(), sums);
    const auto object = log::readFramedObject({.store = CatalogFolder::store(), .kind = log::SectorKind::CatalogSums}, file);
    QVERIFY(object.complete);
    QCOMPARE(toHex(object.payload), toHex(example(0)));
    const SumsReading reading = decodeSums(CatalogFolder::store(), file);
    QVERIFY(reading.complete && reading.sums.pages == sums.pages && reading.sums.appliedSequence == 1234);
    QVERIFY(!decodeSums(StoreId{}, file).complete);
}

void TestCatalogFormat::documentOpensFromTheExample()
{
    DocumentRow row;
    row.id.bytes.fill(1);
    row.space.bytes.fill(2);
    row.sequence = 9;
    row.fragments = 3;
    Bytes binding = toBytes(std::string_view("documents"));
    ByteWriter writer(binding);
    writer.id(row.id);
    writer.id(row.space);
    writer.number(std::uint64_t{9});
    writer.number(std::uint32_t{3});
    writer.id(FragmentId{});
    Bytes sealedRow;
    const std::array<std::byte, crypto::kNonceBytes> nonce{};
    crypto::AeadKey(CatalogFolder::keys().seal.view()).seal(nonce, binding, example(1), sealedRow);
    const Seals seals(CatalogFolder::keys());
    VERIFY_OK(seals.openDocument(sealedRow, row));
    QCOMPARE(row.path, std::string("a/b.md"));
    QCOMPARE(row.title, std::string("Tea"));
    QCOMPARE(row.mediaType, std::string("text/markdown"));
    QCOMPARE(row.externalId, std::string("x1"));
    QVERIFY(row.digest == digestOf(0xD1));
    QCOMPARE(row.originalBytes, std::uint64_t{300});
    QCOMPARE(row.createdUs, std::int64_t{5});
    QCOMPARE(row.modifiedUs, std::int64_t{-1});
    QVERIFY(row.tags == std::vector<std::string>{"hot"});
    QVERIFY(row.pieces == std::vector<Sequence>{8});
    DocumentRow moved = row;
    moved.sequence = 10;
    COMPARE_ERROR(seals.openDocument(sealedRow, moved), ErrorCode::Corruption);
}

void TestCatalogFormat::keyedHashesAreThoseOfTheExample()
{
    const Seals seals(CatalogFolder::keys());
    NamespaceId space;
    space.bytes.fill(2);
    QCOMPARE(toHex(seals.pathHash(space, "a/b.md")), toHex(example(2)));
    QVERIFY(seals.pathHash(space, "a/b.md") != seals.externalHash(space, "a/b.md"));
    QVERIFY(seals.pathHash({}, "a/b.md") != seals.pathHash(space, "a/b.md"));
    QVERIFY(seals.pathHash(space, "").empty());
}

void TestCatalogFormat::damagedSumsAndRowsNeverOverrun()
{
    PageSums sums{.appliedSequence = 7, .pages = std::vector<PageSum>(200)};
    const Bytes file = encodeSums(CatalogFolder::store(), sums);
    for (std::size_t size = 0; size < file.size(); size += 509) {
        QVERIFY(!decodeSums(CatalogFolder::store(), ByteView(file).first(size)).complete);
    }
    // A sealed row that opens but lies about its lengths.
    const Seals seals(CatalogFolder::keys());
    const Bytes plain = example(1);
    DocumentRow row;
    for (std::size_t cut = 0; cut < plain.size(); ++cut) {
        Bytes binding = toBytes(std::string_view("documents"));
        binding.resize(binding.size() + 16 + 16 + 8 + 4 + 16);
        Bytes sealedRow;
        crypto::AeadKey(CatalogFolder::keys().seal.view())
            .seal(std::array<std::byte, crypto::kNonceBytes>{}, binding, ByteView(plain).first(cut), sealedRow);
        COMPARE_ERROR(seals.openDocument(sealedRow, row), ErrorCode::Corruption);
    }
}

CARMA_TEST_CLASS(TestCatalogFormat, "test_catalog_format")
#include "test_catalog_format.moc"
