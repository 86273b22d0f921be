// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/wordpiece.h"
#include "plugin_folders.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"
#include "tiny_onnx.h"
#include "tiny_sentencepiece.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <cmath>
#include <fstream>
#include <sstream>

using namespace carma;
using namespace carma::test;
namespace fs = std::filesystem;

/// The openvino plugin with the model of the tree, and with folders that are no model.
class TestOpenvino : public QObject {
    Q_OBJECT

private:
    static std::string model() { return CARMA_SOURCE_DIR "/resources/models/bge-small-en-v1.5-int8"; }
    static std::string contents(const std::string& path)
    {
        std::ifstream file(path, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }
    static std::vector<QJsonObject> testVectors()
    {
        std::vector<QJsonObject> rows;
        QFile file(QString::fromStdString(model() + "/test-vectors.jsonl"));
        if (file.open(QIODevice::ReadOnly)) {
            while (!file.atEnd()) {
                rows.push_back(QJsonDocument::fromJson(file.readLine()).object());
            }
        }
        return rows;
    }
    /// A folder with links to the model's files, for a test to replace some of them.
    static void link(const TemporaryFolder& folder, const std::vector<std::string>& names)
    {
        for (const std::string& name : names) {
            fs::create_symlink(model() + "/" + name, folder / name);
        }
    }
    static std::string opening(const TemporaryFolder& folder)
    {
        const auto opened = openPluginEmbedder("openvino:" + folder.path(), builtPlugins());
        return opened.has_value() ? "opened" : opened.error().message;
    }

    /// As the sentence-transformers library writes a folder.
    static void writeTiny(const TemporaryFolder& folder, const TinyOnnx& network, bool cls)
    {
        fs::create_directories(folder / "onnx");
        fs::create_directories(folder / "1_Pooling");
        std::ofstream(folder / "config.json") << R"({"model_type": "bert", "_name_or_path": "tiny"})";
        std::ofstream(folder / "tokenizer_config.json") << R"({"tokenizer_class": "BertTokenizer", "do_lower_case": true})";
        std::ofstream(folder / "sentence_bert_config.json") << R"({"max_seq_length": 6})";
        std::ofstream(folder / "1_Pooling/config.json")
            << (cls ? R"({"pooling_mode_cls_token": true})" : R"({"pooling_mode_mean_tokens": true})");
        std::ofstream(folder / "vocab.txt") << "[PAD]\n[UNK]\n[CLS]\n[SEP]\nred\nboat\nold\ngarden\n";
        std::ofstream(folder / "onnx/model.onnx", std::ios::binary) << network.bytes();
    }
    /// The normalised mean of the tokens' rows.
    static std::vector<float> meanOf(const std::vector<std::uint32_t>& tokens)
    {
        std::vector<float> sum(TinyOnnx::kDimension, 0.0F);
        float squares = 0;
        for (std::uint32_t i = 0; i < TinyOnnx::kDimension; ++i) {
            for (const std::uint32_t token : tokens) {
                sum[i] += TinyOnnx::cell(token, i);
            }
            squares += sum[i] * sum[i];
        }
        for (float& number : sum) {
            number /= std::sqrt(squares);
        }
        return sum;
    }
    /// The vector of one of several texts that are embedded together, so that it is padded.
    static std::vector<float> vectorOf(const TemporaryFolder& folder, std::string_view text)
    {
        PluginOptions options = builtPlugins();
        options.settings["openvino"]["exact"] = "true";
        const auto embedder = openPluginEmbedder("openvino:" + folder.path(), options);
        if (!embedder.has_value()) {
            qWarning("%s", embedder.error().message.c_str());
            return {};
        }
        const std::vector<std::string_view> texts{"old garden", text, "boat", ""};
        std::vector<float> vectors(texts.size() * (*embedder)->identity().dimension);
        const auto embedded = (*embedder)->embed(texts, vectors);
        if (!embedded.has_value()) {
            qWarning("%s", embedded.error().message.c_str());
            return {};
        }
        const auto dimension = static_cast<std::ptrdiff_t>((*embedder)->identity().dimension);
        return {vectors.begin() + dimension, vectors.begin() + 2 * dimension};
    }
    static void areNear(const std::vector<float>& found, const std::vector<float>& expected)
    {
        QCOMPARE(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            QVERIFY2(std::abs(found[i] - expected[i]) < 1e-4F, (std::to_string(found[i]) + " " + std::to_string(expected[i])).c_str());
        }
    }

private slots:
    void initTestCase()
    {
        if (!isBuilt("openvino")) {
            QSKIP("plugins/openvino was not built: OpenVINO_DIR was not set");
        }
    }

    void tokensAreThoseOfTheModel()
    {
        const auto tokenizer = embed::WordPiece::parse(contents(model() + "/vocab.txt"));
        VERIFY_OK(tokenizer);
        const auto rows = testVectors();
        QVERIFY(rows.size() > 10);
        for (const QJsonObject& row : rows) {
            std::vector<std::uint32_t> ids;
            tokenizer->encode(row["text"].toString().toStdString(), 254, ids);
            ids.insert(ids.begin(), *tokenizer->idOf("[CLS]"));
            ids.push_back(*tokenizer->idOf("[SEP]"));
            std::vector<std::uint32_t> expected;
            for (const auto& id : row["ids"].toArray()) {
                expected.push_back(static_cast<std::uint32_t>(id.toInt()));
            }
            QCOMPARE(ids, expected);
        }
    }

    void vectorsAreThoseOfTheModel_data()
    {
        QTest::addColumn<QString>("exact");
        QTest::newRow("as the processor does best") << "false";
        QTest::newRow("float32") << "true";
    }
    void vectorsAreThoseOfTheModel()
    {
        QFETCH(QString, exact);
        PluginOptions options = builtPlugins();
        options.settings["openvino"]["exact"] = exact.toStdString();
        const auto embedder = openPluginEmbedder("bge-small", options);
        VERIFY_OK(embedder);
        QCOMPARE((*embedder)->identity().name, std::string("openvino:bge-small-en-v1.5"));
        QCOMPARE((*embedder)->identity().dimension, 384U);
        QCOMPARE(advisedSemanticWeight(**embedder), 2.0);
        const auto rows = testVectors();
        std::vector<std::string> texts;
        for (const QJsonObject& row : rows) {
            texts.push_back(row["text"].toString().toStdString());
        }
        const std::vector<std::string_view> views(texts.begin(), texts.end());
        std::vector<float> vectors(texts.size() * 384);
        VERIFY_OK((*embedder)->embed(views, vectors));
        double least = 1;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const QJsonArray expected = rows[i]["vector"].toArray();
            QCOMPARE(expected.size(), 384);
            double cosine = 0;
            double squares = 0;
            for (int j = 0; j < 384; ++j) {
                cosine += static_cast<double>(vectors[i * 384 + static_cast<std::size_t>(j)]) * expected[j].toDouble();
                squares += expected[j].toDouble() * expected[j].toDouble();
            }
            least = std::min(least, cosine / std::sqrt(squares));
        }
        qInfo("least cosine %.6f", least);
        QVERIFY2(least >= 0.999, std::to_string(least).c_str());
    }

    void aFolderThatIsNoModelIsNamed()
    {
        const auto says = [](const std::string& message, const char* what) {
            QVERIFY2(message.find(what) != std::string::npos, message.c_str());
            QVERIFY2(message == "opened" || message.starts_with("plugin 'openvino'"), message.c_str());
        };
        /// A folder with these files of the model and one that is written here.
        const auto refuses = [&](const std::vector<std::string>& kept, const char* file, const std::string& content, const char* what) {
            const TemporaryFolder folder;
            link(folder, kept);
            if (file != nullptr) {
                std::ofstream(folder / file) << content;
            }
            says(opening(folder), what);
        };
        const auto replaced = [](std::string text, const std::string& what, const std::string& with) {
            for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
                text.replace(at, what.size(), with);
            }
            return text;
        };
        const std::string config = contents(model() + "/config.json");
        const std::string network = contents(model() + "/model.xml");
        const std::string pixels = replaced(network, "names=\"token_type_ids\"", "names=\"pixels\"");
        refuses({}, nullptr, "", "config.json is missing");
        refuses({"model.xml", "model.bin", "vocab.txt"}, "config.json", "{", "config.json is no JSON object");
        refuses({"model.xml", "model.bin", "config.json"}, nullptr, "", "vocab.txt is missing");
        refuses({"config.json", "vocab.txt"}, nullptr, "", "there is no model.xml");
        refuses({"model.xml", "config.json", "vocab.txt"}, nullptr, "", "model.bin is missing");
        refuses({"model.xml", "config.json", "vocab.txt"}, "model.bin", "short", "OpenVINO says");
        refuses({"model.bin", "config.json", "vocab.txt"}, "model.xml", network.substr(0, network.size() / 2), "OpenVINO says");
        refuses({"model.bin", "config.json", "vocab.txt"}, "model.xml", pixels, "has the input 'pixels'");
        refuses({"model.bin", "model.xml", "vocab.txt"}, "config.json", replaced(config, "bert-wordpiece", "sentencepiece"),
            "asks for a tokenizer other than bert-wordpiece");
        refuses({"model.bin", "model.xml", "config.json"}, "vocab.txt", "[UNK]\nword\n", "no [CLS] or [SEP]");
        const TemporaryFolder folder;
        link(folder, {"model.xml", "config.json", "vocab.txt"});
        std::ofstream(folder / "model.bin").close();
        fs::resize_file(folder / "model.bin", 10ULL << 30U);
        says(opening(folder), "has 10240 MB; set max_model_mb");
    }

    void readsAFolderInOnnxForm()
    {
        const TemporaryFolder mean;
        writeTiny(mean, {}, false);
        areNear(vectorOf(mean, "Red boat"), meanOf({2, 4, 5, 3}));
        areNear(vectorOf(mean, "red red red red red red boat"), meanOf({2, 4, 4, 4, 4, 3})); // six tokens count
        const TemporaryFolder cls;
        writeTiny(cls, {}, true);
        areNear(vectorOf(cls, "red boat"), meanOf({2}));
        const TemporaryFolder text;
        writeTiny(text, {.output = "text"}, false);
        areNear(vectorOf(text, "red boat"), meanOf({2, 4, 5, 3})); // a multiple of four tokens, so that none is padding
    }

    void readsTheTokenizerOfMultilingualModels()
    {
        const TemporaryFolder folder;
        writeTiny(folder, {}, false);
        std::ofstream(folder / "tokenizer_config.json") << R"({"tokenizer_class": "XLMRobertaTokenizer"})";
        QVERIFY2(opening(folder).find("sentencepiece.bpe.model is missing") != std::string::npos, opening(folder).c_str());
        std::ofstream(folder / "sentencepiece.bpe.model") << "not a model";
        QVERIFY2(opening(folder).find("is no model of SentencePiece") != std::string::npos, opening(folder).c_str());
        std::ofstream(folder / "sentencepiece.bpe.model", std::ios::binary) << tinySentencePiece();
        areNear(vectorOf(folder, "red boat"), meanOf({0, 4, 5, 2}));
        areNear(vectorOf(folder, "old tree garden"), meanOf({0, 6, 3, 7, 2}));
        areNear(vectorOf(folder, "red red red red red red boat"), meanOf({0, 4, 4, 4, 4, 2})); // six tokens count
    }

    void aNetworkOfAnotherShapeIsNamed()
    {
        const auto says = [](const TinyOnnx& network, const char* what) {
            const TemporaryFolder folder;
            writeTiny(folder, network, false);
            const std::string message = opening(folder);
            QVERIFY2(message.find(what) != std::string::npos, message.c_str());
            QVERIFY2(message.find("model.onnx") != std::string::npos && message.starts_with("plugin 'openvino'"), message.c_str());
        };
        says({.idsName = "pixels"}, "has the input 'pixels'");
        says({.output = "ids"}, "has no output of float32 [batch, tokens, dimension] or [batch, dimension]");
        const TemporaryFolder damaged;
        writeTiny(damaged, {}, false);
        fs::resize_file(damaged / "onnx/model.onnx", fs::file_size(damaged / "onnx/model.onnx") / 2);
        const std::string message = opening(damaged);
        QVERIFY2(message.find("OpenVINO says") != std::string::npos, message.c_str());
        const TemporaryFolder cased;
        writeTiny(cased, {}, false);
        std::ofstream(cased / "tokenizer_config.json") << R"({"tokenizer_class": "XLNetTokenizer"})";
        QVERIFY2(opening(cased).find("use the openai plugin") != std::string::npos, opening(cased).c_str());
    }

    void aModelThatIsNotThereIsNamed()
    {
        const auto opened = openPluginEmbedder("openvino:no-such-model", builtPlugins());
        COMPARE_ERROR(opened, ErrorCode::NotFound);
        QVERIFY2(opened.error().message.find("'no-such-model'") != std::string::npos, opened.error().message.c_str());
    }
};

CARMA_TEST_CLASS(TestOpenvino, "test_openvino")

#include "test_openvino.moc"
