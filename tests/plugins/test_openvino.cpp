// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/wordpiece.h"
#include "plugin_folders.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

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

    void vectorsAreThoseOfTheModel()
    {
        const auto embedder = openPluginEmbedder("bge-small", builtPlugins());
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

    void aModelThatIsNotThereIsNamed()
    {
        const auto opened = openPluginEmbedder("openvino:no-such-model", builtPlugins());
        COMPARE_ERROR(opened, ErrorCode::NotFound);
        QVERIFY2(opened.error().message.find("'no-such-model'") != std::string::npos, opened.error().message.c_str());
    }
};

CARMA_TEST_CLASS(TestOpenvino, "test_openvino")

#include "test_openvino.moc"
