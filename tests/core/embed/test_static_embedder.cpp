// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_io.h"
#include "embed/token_table.h"
#include "embed/wordpiece.h"
#include "support/test_main.h"

#include <carma/embedder.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <bit>
#include <cmath>
#include <thread>

using namespace carma;

namespace {

const std::string kFolder = CARMA_SOURCE_DIR "/resources/models/static-en-256";

void writeFile(const QString& path, const QByteArray& content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

/// Three tokens of `dimension` numbers: row i holds i * 10 + j at j; scales are 0.5, 1, 2.
QByteArray smallModel(int dimension)
{
    const int rowsEnd = 3 * dimension;
    const std::string header = R"({"embeddings":{"dtype":"I8","shape":[3,)" + std::to_string(dimension) + R"(],"data_offsets":[0,)" +
        std::to_string(rowsEnd) + R"(]},"scales":{"dtype":"F32","shape":[3],"data_offsets":[)" + std::to_string(rowsEnd) + "," +
        std::to_string(rowsEnd + 12) + "]}}";
    Bytes file;
    ByteWriter writer(file);
    writer.number(static_cast<std::uint64_t>(header.size()));
    writer.raw(asBytes(header));
    for (int i = 0; i < rowsEnd; ++i) {
        writer.number(static_cast<std::int8_t>(i / dimension * 10 + i % dimension));
    }
    for (const float scale : {0.5F, 1.0F, 2.0F}) {
        writer.number(std::bit_cast<std::uint32_t>(scale));
    }
    return {reinterpret_cast<const char*>(file.data()), static_cast<qsizetype>(file.size())};
}

void writeSmallModel(const QTemporaryDir& folder, int dimension)
{
    writeFile(folder.filePath("config.json"),
        QByteArray(R"({"name":"small","version":2,"dimension":)") + QByteArray::number(dimension) + R"(,"max_tokens":4})");
    writeFile(folder.filePath("vocab.txt"), "[UNK]\none\ntwo\n");
    writeFile(folder.filePath("model.safetensors"), smallModel(dimension));
}

std::vector<float> embedOne(Embedder& embedder, std::string_view text)
{
    std::vector<float> vector(embedder.identity().dimension, 99.0F);
    return embedder.embed(std::span(&text, 1), vector) ? vector : std::vector<float>{};
}

} // namespace

class TestStaticEmbedder : public QObject {
    Q_OBJECT
private slots:
    void partsReadOnceGiveTheVectorsOfTheirTexts()
    {
        const auto embedder = loadStaticEmbedder(kFolder);
        VERIFY_OK(embedder);
        const auto* table = dynamic_cast<const embed::TokenTable*>(embedder->get());
        QVERIFY(table != nullptr);
        const std::size_t dimension = (*embedder)->identity().dimension;
        std::string endless;
        for (int i = 0; i < 3000; ++i) {
            endless += "well ";
        }
        const std::vector<std::vector<std::string>> texts{{"The well is deep. It has a lid.", "Nobody has\nthe key\xEF\xBC\x81"},
            {"\xE4\xBA\x95\xE6\x88\xB8\xE3\x80\x82", "\xE9\x8D\xB5"}, {endless, "the end of it"}, {"one"}, {""}};
        for (const char* const title : {"", "Garden, plan", "Unw\xC3\xB6rtlich xqzv"}) {
            for (const auto& parts : texts) {
                const std::string before = *title == '\0' ? std::string() : std::string(title) + ". ";
                std::vector<std::string> joined{before};
                for (std::size_t i = 0; i < parts.size(); ++i) {
                    joined[0] += (i == 0 ? "" : " ") + parts[i];
                    joined.push_back(before + parts[i]);
                }
                std::vector<float> expected(joined.size() * dimension);
                VERIFY_OK((*embedder)->embed(std::vector<std::string_view>(joined.begin(), joined.end()), expected));
                std::vector<float> got(expected.size());
                table->embedParts(title, std::vector<std::string_view>(parts.begin(), parts.end()), std::span(got).first(dimension),
                    std::span(got).subspan(dimension));
                QVERIFY(got == expected);
            }
        }
    }

    void givesTheIdsAndVectorsThatTheModelCameWith()
    {
        const auto embedder = loadStaticEmbedder(kFolder);
        VERIFY_OK(embedder);
        QVERIFY(((*embedder)->identity() == EmbedderIdentity{"carma-static-en", 1, 256}));
        QFile vocabulary(QString::fromStdString(kFolder) + "/vocab.txt");
        QVERIFY(vocabulary.open(QIODevice::ReadOnly));
        const auto tokenizer = embed::WordPiece::parse(vocabulary.readAll().toStdString());
        VERIFY_OK(tokenizer);

        QFile file(QString::fromStdString(kFolder) + "/test-vectors.jsonl");
        QVERIFY(file.open(QIODevice::ReadOnly));
        int lines = 0;
        while (!file.atEnd()) {
            const QJsonObject line = QJsonDocument::fromJson(file.readLine()).object();
            const std::string text = line["text"].toString().toStdString();
            std::vector<std::uint32_t> expectedIds;
            for (const auto& id : line["ids"].toArray()) {
                expectedIds.push_back(static_cast<std::uint32_t>(id.toInt()));
            }
            std::vector<std::uint32_t> ids;
            tokenizer->encode(text, 512, ids);
            QVERIFY2(ids == expectedIds, text.c_str());
            const std::vector<float> vector = embedOne(**embedder, text);
            const QJsonArray expected = line["vector"].toArray();
            QCOMPARE(static_cast<qsizetype>(vector.size()), expected.size());
            for (std::size_t i = 0; i < vector.size(); ++i) {
                const double difference = std::abs(static_cast<double>(vector[i]) - expected[static_cast<qsizetype>(i)].toDouble());
                QVERIFY2(difference < 1e-4, text.c_str());
            }
            ++lines;
        }
        QVERIFY(lines >= 20);
    }

    void addsScaledRowsAndNormalises_data()
    {
        QTest::addColumn<int>("dimension");
        for (const int dimension : {1, 3, 8, 19}) { // below, at and beside every vector width
            QTest::addRow("%d", dimension) << dimension;
        }
    }

    void addsScaledRowsAndNormalises()
    {
        QFETCH(int, dimension);
        const QTemporaryDir folder;
        writeSmallModel(folder, dimension);
        const auto embedder = loadStaticEmbedder(folder.path().toStdString());
        VERIFY_OK(embedder);
        const std::vector<float> vector = embedOne(**embedder, "One, two");
        double squares = 0;
        for (int j = 0; j < dimension; ++j) {
            squares += std::pow((10 + j) + 2 * (20 + j), 2);
        }
        for (int j = 0; j < dimension; ++j) {
            const double expected = ((10 + j) + 2 * (20 + j)) / std::sqrt(squares);
            QVERIFY(std::abs(static_cast<double>(vector[static_cast<std::size_t>(j)]) - expected) < 1e-6);
        }
    }

    void countsOnlyTheFirstTokensUnknownOnesIncluded()
    {
        const QTemporaryDir folder;
        writeSmallModel(folder, 4);
        const auto embedder = loadStaticEmbedder(folder.path().toStdString());
        VERIFY_OK(embedder);
        QCOMPARE(embedOne(**embedder, "one x x x two"), embedOne(**embedder, "one"));
        QVERIFY(embedOne(**embedder, "one x x two") != embedOne(**embedder, "one"));
    }

    void aTextWithoutAKnownTokenIsZero()
    {
        const auto embedder = loadStaticEmbedder(kFolder);
        VERIFY_OK(embedder);
        for (const char* text : {"", " \n", "\xff\xfe"}) {
            QCOMPARE(embedOne(**embedder, text), std::vector<float>(256, 0.0F));
        }
    }

    void batchesAndThreadsGiveTheSameVectors()
    {
        const auto embedder = loadStaticEmbedder(kFolder);
        VERIFY_OK(embedder);
        const std::vector<std::string_view> texts{"the boiler was fixed in May", "", "choir practice", "Grüße aus München"};
        std::vector<std::vector<float>> batches(4, std::vector<float>(texts.size() * 256));
        std::vector<std::jthread> threads;
        for (auto& batch : batches) {
            threads.emplace_back([&] { (void)(*embedder)->embed(texts, batch).has_value(); });
        }
        threads.clear();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const std::vector<float> one = embedOne(**embedder, texts[i]);
            for (const auto& batch : batches) {
                QVERIFY(std::equal(one.begin(), one.end(), batch.begin() + static_cast<std::ptrdiff_t>(i * 256)));
            }
        }
    }

    void namesTheFileThatIsMissing()
    {
        const QTemporaryDir folder;
        writeSmallModel(folder, 4);
        QVERIFY(QFile::remove(folder.filePath("vocab.txt")));
        const auto embedder = loadStaticEmbedder(folder.path().toStdString());
        COMPARE_ERROR(embedder, ErrorCode::NotFound);
        QVERIFY(embedder.error().message.find("vocab.txt") != std::string::npos);
    }

    void namesTheFileThatIsDamaged()
    {
        const QTemporaryDir folder;
        const auto expectDamage = [&](const char* file, const QByteArray& content) {
            writeSmallModel(folder, 4);
            writeFile(folder.filePath(file), content);
            const auto embedder = loadStaticEmbedder(folder.path().toStdString());
            COMPARE_ERROR(embedder, ErrorCode::Corruption);
            QVERIFY2(embedder.error().message.find(file) != std::string::npos, embedder.error().message.c_str());
        };
        expectDamage("config.json", "{}");
        expectDamage("vocab.txt", "one\ntwo\nthree\n");
        expectDamage("model.safetensors", smallModel(4).chopped(1));
        expectDamage("model.safetensors", smallModel(5));
        QByteArray endless = smallModel(4);
        endless.replace(endless.size() - 4, 4, QByteArray::fromHex("0000807f")); // infinity
        expectDamage("model.safetensors", endless);
    }
};

CARMA_TEST_CLASS(TestStaticEmbedder, "test_static_embedder")
#include "test_static_embedder.moc"
