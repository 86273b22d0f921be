// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_io.h"
#include "embed/model_files.h"
#include "support/test_main.h"

#include <QTest>
#include <random>

using namespace carma;
using namespace carma::embed;

namespace {

Bytes tensorFile(std::string_view header, std::size_t bodyBytes)
{
    Bytes file;
    ByteWriter writer(file);
    writer.number(static_cast<std::uint64_t>(header.size()));
    writer.raw(asBytes(header));
    for (std::size_t i = 0; i < bodyBytes; ++i) {
        writer.number(static_cast<std::uint8_t>(i));
    }
    return file;
}

const char* const kSound = R"({"__metadata__":{"a":"b"},"rows":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]},)"
                           R"("scales":{"dtype":"F32","shape":[2],"data_offsets":[6,14]}})";

} // namespace

class TestModelFiles : public QObject {
    Q_OBJECT
private slots:
    void readsTheTensorsOfASoundFile()
    {
        const Bytes file = tensorFile(kSound, 14);
        const auto tensors = parseSafetensors(file);
        VERIFY_OK(tensors);
        QCOMPARE(tensors->size(), std::size_t{2});
        const Tensor& scales = tensors->at("scales");
        QCOMPARE(scales.dtype, std::string("F32"));
        QCOMPARE(scales.shape, std::vector<std::uint64_t>{2});
        QCOMPARE(scales.data.size(), std::size_t{8});
        QCOMPARE(std::to_integer<int>(scales.data[0]), 6);
    }

    void refusesHeadersThatDoNotFitTheFile_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("no JSON") << QByteArray("{");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("no object") << QByteArray(R"({"a":1})");
        QTest::newRow("no offsets") << QByteArray(R"({"a":{"dtype":"I8","shape":[1]}})");
        QTest::newRow("unknown type") << QByteArray(R"({"a":{"dtype":"I9","shape":[1],"data_offsets":[0,1]}})");
        QTest::newRow("behind the end") << QByteArray(R"({"a":{"dtype":"I8","shape":[15],"data_offsets":[0,15]}})");
        QTest::newRow("backwards") << QByteArray(R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[2,1]}})");
        QTest::newRow("negative") << QByteArray(R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[-1,0]}})");
        QTest::newRow("fraction") << QByteArray(R"({"a":{"dtype":"I8","shape":[1.5],"data_offsets":[0,1]}})");
        QTest::newRow("one offset") << QByteArray(R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[1]}})");
        QTest::newRow("size") << QByteArray(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,7]}})");
        QTest::newRow("overflow") << QByteArray(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})");
        QTest::newRow("rank") << QByteArray(R"({"a":{"dtype":"I8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})");
    }

    void refusesHeadersThatDoNotFitTheFile()
    {
        QFETCH(QByteArray, header);
        const Bytes file = tensorFile(std::string_view(header.constData(), static_cast<std::size_t>(header.size())), 14);
        COMPARE_ERROR(parseSafetensors(file), ErrorCode::Corruption);
    }

    void refusesHeadersThatAreTooLongOrCutOff()
    {
        Bytes file = tensorFile(kSound, 14);
        COMPARE_ERROR(parseSafetensors(ByteView(file).first(7)), ErrorCode::Corruption);
        COMPARE_ERROR(parseSafetensors(ByteView(file).first(60)), ErrorCode::Corruption);
        storeLe(ByteSpan(file), ~std::uint64_t{0});
        COMPARE_ERROR(parseSafetensors(file), ErrorCode::Corruption);
        const std::string longHeader = "{}" + std::string(1U << 20U, ' ');
        COMPARE_ERROR(parseSafetensors(tensorFile(longHeader, 0)), ErrorCode::Corruption);
    }

    void damagedFilesNeverYieldTensorsOutsideTheFile()
    {
        const Bytes sound = tensorFile(kSound, 14);
        std::mt19937 random(11);
        for (int round = 0; round < 20000; ++round) {
            Bytes file = sound;
            for (std::size_t flips = 1 + random() % 4; flips > 0; --flips) {
                file[random() % file.size()] = static_cast<std::byte>(random());
            }
            file.resize(file.size() - random() % 8);
            const auto tensors = parseSafetensors(file);
            if (!tensors) {
                continue;
            }
            for (const auto& [name, tensor] : *tensors) {
                QVERIFY(tensor.data.empty() ||
                    (tensor.data.data() >= file.data() && tensor.data.data() + tensor.data.size() <= file.data() + file.size()));
            }
        }
    }

    void readsWhatTheEmbedderNeedsOfTheConfiguration()
    {
        const auto config = parseModelConfig(asBytes(R"({"name":"m","version":3,"dimension":8,"max_tokens":16,"x":[1]})"));
        VERIFY_OK(config);
        QVERIFY((config->identity == EmbedderIdentity{"m", 3, 8}));
        QCOMPARE(config->tokensMax, 16U);
    }

    void refusesUnsoundConfigurations()
    {
        for (const char* text :
            {"", "[]", R"({"version":3,"dimension":8,"max_tokens":16})", R"({"name":1,"version":3,"dimension":8,"max_tokens":16})",
                R"({"name":"m","version":3,"dimension":0,"max_tokens":16})", R"({"name":"m","version":3,"dimension":5000,"max_tokens":16})",
                R"({"name":"m","version":-3,"dimension":8,"max_tokens":16})", R"({"name":"m","version":3,"dimension":8})"}) {
            COMPARE_ERROR(parseModelConfig(asBytes(text)), ErrorCode::Corruption);
        }
    }
};

CARMA_TEST_CLASS(TestModelFiles, "test_model_files")
#include "test_model_files.moc"
