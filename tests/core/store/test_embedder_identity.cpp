// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_io.h"
#include "store/embedder_record.h"
#include "store_fixture.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace carma;
using namespace carma::test;

namespace {

const QString kModel = CARMA_SOURCE_DIR "/resources/models/static-en-256/";
constexpr std::string_view kTold = "the lantern hangs beside the cellar door";

QueryOptions inMode(QueryMode mode)
{
    QueryOptions options;
    options.mode = mode;
    return options;
}

} // namespace

/// A store knows which embedder its vectors come from, and works without it.
class TestEmbedderIdentity : public QObject {
    Q_OBJECT

    static void keepSomething(StoreFixture& fixture)
    {
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().remember("default",
            {{.text = std::string(kTold), .title = {}, .externalId = {}, .tags = {}},
                {.text = "seven rows of leeks stand in the garden", .title = {}, .externalId = {}, .tags = {}}}));
        VERIFY_OK((*store)->memory().query("lantern", {}));
        VERIFY_OK((*store)->close());
    }

    /// Words are found with a warning that holds `named`; meaning alone is refused and says the same.
    static void onlyWordsAnswer(StoreFixture& fixture, const std::string& named)
    {
        auto store = fixture.open(true);
        VERIFY_OK(store);
        const auto hybrid = (*store)->memory().query("lantern", {});
        VERIFY_OK(hybrid);
        QVERIFY(!hybrid->hits.empty() && hybrid->hits[0].fragment.text == kTold);
        QCOMPARE(hybrid->warnings.size(), 1U);
        QVERIFY2(hybrid->warnings[0].find(named) != std::string::npos, hybrid->warnings[0].c_str());
        const auto semantic = (*store)->memory().query("lantern", inMode(QueryMode::Semantic));
        COMPARE_ERROR(semantic, ErrorCode::Unsupported);
        QVERIFY2(semantic.error().message.find(named) != std::string::npos, semantic.error().message.c_str());
        const auto lexical = (*store)->memory().query("lantern", inMode(QueryMode::Lexical));
        VERIFY_OK(lexical);
        QVERIFY(lexical->warnings.empty() && !lexical->hits.empty());
        QCOMPARE(lexical->hits.size(), hybrid->hits.size());
    }

private slots:
    void cleanup() { qunsetenv("CARMA_RESOURCES"); }

    void theRecordIsReadAsItWasWritten()
    {
        const store::EmbedderRecord record{store::EmbedderRole::Wanted, "plugin:model", {"model", 7, 384}, 1.25F};
        const Bytes bytes = store::encodeEmbedder(record);
        const auto read = store::decodeEmbedder(bytes);
        VERIFY_OK(read);
        QVERIFY(read->has_value() && **read == record);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            QVERIFY(!store::decodeEmbedder(ByteView(bytes).first(size)).has_value());
        }
        Bytes other = bytes;
        other[1] = std::byte{9}; // a setting about something else
        QVERIFY(store::decodeEmbedder(other).has_value() && !store::decodeEmbedder(other)->has_value());
        other = bytes;
        other[0] = std::byte{2};
        COMPARE_ERROR(store::decodeEmbedder(other), ErrorCode::Unsupported);
        const store::EmbedderRecord flat{store::EmbedderRole::InUse, "plugin", {"model", 1, 0}, 0.5F};
        COMPARE_ERROR(store::decodeEmbedder(store::encodeEmbedder(flat)), ErrorCode::Corruption);
    }

    void theRecordedEmbedderIsUsedWhateverTheProgramBrings()
    {
        StoreFixture fixture;
        keepSomething(fixture);
        std::vector<std::string> asked;
        fixture.environment.embedder = std::make_shared<LetterEmbedder>(EmbedderIdentity{"others", 1, 16});
        fixture.environment.embedderFactory = [&](std::string_view name) -> Result<std::shared_ptr<Embedder>> {
            asked.emplace_back(name);
            return std::shared_ptr<Embedder>(std::make_shared<LetterEmbedder>());
        };
        fixture.notices.clear();
        auto store = fixture.open(true);
        VERIFY_OK(store);
        QCOMPARE(fixture.notices.size(), 1U);
        QVERIFY(fixture.notices[0].find("letters 1, 32 numbers") != std::string::npos);
        QVERIFY(fixture.notices[0].find("others 1, 16 numbers") != std::string::npos);
        const auto answer = (*store)->memory().query("lantern", inMode(QueryMode::Semantic));
        VERIFY_OK(answer);
        QVERIFY(!answer->hits.empty() && answer->warnings.empty());
        QCOMPARE(asked, std::vector<std::string>{"letters"});
        QVERIFY((*store)->health().status()->embedder.find("letters") != std::string::npos);
    }

    void withoutTheRecordedEmbedderWordsAnswer()
    {
        StoreFixture fixture;
        keepSomething(fixture);
        fixture.environment.embedder = std::make_shared<LetterEmbedder>(EmbedderIdentity{"others", 1, 16});
        onlyWordsAnswer(fixture, "letters");
        // One of the same name and another shape is another one.
        fixture.environment.embedder = std::make_shared<LetterEmbedder>(EmbedderIdentity{"letters", 1, 16});
        onlyWordsAnswer(fixture, "letters 1, 16 numbers");
        fixture.environment.embedder = std::make_shared<LetterEmbedder>(EmbedderIdentity{"letters", 2, 32});
        onlyWordsAnswer(fixture, "letters 2, 32 numbers");
        fixture.environment.embedder = std::make_shared<LetterEmbedder>();
        fixture.notices.clear();
        auto store = fixture.open(true);
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().query("lantern", inMode(QueryMode::Semantic)));
        QVERIFY(fixture.notices.empty());
    }

    void whatIsKeptWithoutTheEmbedderHasItsVectorLater()
    {
        StoreFixture fixture;
        keepSomething(fixture);
        fixture.environment.embedder = std::make_shared<LetterEmbedder>(EmbedderIdentity{"others", 1, 16});
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            VERIFY_OK((*store)->memory().remember("default", {{.text = "zzzz zzzz zzzzz", .title = {}, .externalId = {}, .tags = {}}}));
            const auto words = (*store)->memory().query("zzzzz", {});
            VERIFY_OK(words);
            QCOMPARE(words->hits.size(), 1U);
            VERIFY_OK((*store)->close());
        }
        fixture.environment.embedder = std::make_shared<LetterEmbedder>();
        auto store = fixture.open(true);
        VERIFY_OK(store);
        const auto meant = (*store)->memory().query("zz", inMode(QueryMode::Semantic));
        VERIFY_OK(meant);
        QVERIFY(!meant->hits.empty() && meant->hits[0].fragment.text == "zzzz zzzz zzzzz");
    }

    void aModelThatIsDamagedIsRefusedByName_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("how");
        QTest::addColumn<bool>("sums");
        for (const char* file : {"model.safetensors", "vocab.txt", "config.json"}) {
            for (const char* how : {"missing", "flipped", "truncated"}) {
                QTest::addRow("%s %s", file, how) << file << how << true;
            }
        }
        QTest::addRow("other shape") << "model.safetensors"
                                     << "shape" << false;
    }

    void aModelThatIsDamagedIsRefusedByName()
    {
        QFETCH(QString, file);
        QFETCH(QString, how);
        QFETCH(bool, sums);
        StoreFixture fixture;
        fixture.environment.embedder = nullptr;
        keepSomething(fixture);

        const QTemporaryDir resources;
        const QString folder = resources.filePath("models/static-en-256/");
        QVERIFY(QDir().mkpath(folder));
        for (const QString& name : QDir(kModel).entryList(QDir::Files)) {
            if (sums || name != "SHA256SUMS") {
                QVERIFY(QFile::copy(kModel + name, folder + name));
            }
        }
        qputenv("CARMA_RESOURCES", resources.path().toUtf8());
        {
            auto store = fixture.open(true);
            VERIFY_OK(store);
            const auto sound = (*store)->memory().query("lantern", inMode(QueryMode::Semantic));
            VERIFY_OK(sound);
            QVERIFY(sound->warnings.empty());
        }
        QFile damaged(folder + file);
        if (how == "missing") {
            QVERIFY(damaged.remove());
        } else if (how == "truncated") {
            QVERIFY(damaged.resize(damaged.size() / 2));
        } else {
            QVERIFY(damaged.open(QIODevice::ReadWrite));
            QByteArray bytes = damaged.readAll();
            if (how == "shape") {
                QVERIFY(bytes.contains(",256]")); // fewer numbers a token than the configuration says
                bytes.replace(",256]", ",128]");
            } else {
                bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
            }
            damaged.seek(0);
            QCOMPARE(damaged.write(bytes), bytes.size());
            damaged.close();
        }
        onlyWordsAnswer(fixture, file.toStdString());
        auto store = fixture.open();
        VERIFY_OK(store);
        const auto checks = (*store)->health().doctor();
        QVERIFY(std::ranges::any_of(checks, [](const DoctorCheck& check) { return check.name == "embedder" && !check.ok; }));
        VERIFY_OK((*store)->close());
    }

    /// The models of plugins stand beside the built-in one and have a configuration, too.
    void aModelOfAnotherKindIsLeftToItsPlugin()
    {
        const QTemporaryDir resources;
        const QString other = resources.filePath("models/other/");
        QVERIFY(QDir().mkpath(other) && QFile::copy(kModel + "config.json", other + "config.json"));
        qputenv("CARMA_RESOURCES", resources.path().toUtf8());
        StoreFixture fixture;
        std::string asked;
        fixture.environment.embedderFactory = [&](std::string_view name) -> Result<std::shared_ptr<Embedder>> {
            asked = name;
            return std::shared_ptr<Embedder>(std::make_shared<LetterEmbedder>());
        };
        keepSomething(fixture);
        auto store = fixture.open();
        VERIFY_OK(store);
        QVERIFY((*store)->embedders().show()->builtIn.empty());
        VERIFY_OK((*store)->embedders().set("other", {.dryRun = true, .later = false}, {}));
        QCOMPARE(asked, std::string("other"));
        VERIFY_OK((*store)->close());
    }

    void aStoreThatIsMadeWithoutAModelWorks()
    {
        const QTemporaryDir resources;
        qputenv("CARMA_RESOURCES", resources.path().toUtf8());
        StoreFixture fixture;
        fixture.environment.embedder = nullptr;
        keepSomething(fixture);
        onlyWordsAnswer(fixture, "CARMA_RESOURCES");
        qunsetenv("CARMA_RESOURCES");
        auto store = fixture.open(true);
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().query("lantern", inMode(QueryMode::Semantic)));
    }
};

CARMA_TEST_CLASS(TestEmbedderIdentity, "test_embedder_identity")
#include "test_embedder_identity.moc"
