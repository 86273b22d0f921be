// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "heal/reconstruct.h"
#include "support/test_main.h"

#include <carma/embedder.h>

#include <QFile>
#include <QTest>
#include <algorithm>
#include <cmath>

using namespace carma;
using namespace carma::heal;

namespace {

const std::string kModel = std::string(CARMA_SOURCE_DIR) + "/resources/models/static-en-256";
constexpr std::size_t kDimension = 256;
constexpr float kStep = 1.0F / 32767;

std::vector<std::string> sampleTexts()
{
    QFile file(QString(CARMA_SOURCE_DIR) + "/README.md");
    (void)file.open(QIODevice::ReadOnly);
    std::vector<std::string> texts;
    for (const QString& text : QString::fromUtf8(file.readAll()).split("\n\n")) {
        texts.push_back(text.simplified().toStdString());
    }
    return texts;
}

std::vector<float> vectorOf(Embedder& embedder, const std::string& text)
{
    std::vector<float> vector(kDimension);
    const std::string_view texts[] = {text};
    if (!embedder.embed(texts, vector).has_value()) {
        qFatal("a text was not embedded");
    }
    for (float& value : vector) {
        value = std::round(value / kStep) * kStep;
    }
    return vector;
}

std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> tokens)
{
    std::ranges::sort(tokens);
    return tokens;
}

} // namespace

class TestReconstruct : public QObject {
    Q_OBJECT

    std::shared_ptr<Embedder> m_embedder;
    const embed::TokenTable* m_table = nullptr;

    Reconstructor reconstructor() const
    {
        Reconstructor made(*m_table, kDimension);
        for (const std::string& text : sampleTexts()) {
            made.learn(text);
        }
        return made;
    }

private slots:
    void initTestCase()
    {
        auto loaded = loadStaticEmbedder(kModel);
        VERIFY_OK(loaded);
        m_embedder = *loaded;
        m_table = dynamic_cast<const embed::TokenTable*>(m_embedder.get());
        QVERIFY(m_table != nullptr);
    }

    void wordsOfALostTextComeBack()
    {
        const std::string lost = "The spare key to the boat house hangs behind the third shelf in the kitchen.";
        Reconstructor made = reconstructor();
        const auto guess = made.guess({.whole = vectorOf(*m_embedder, lost), .parts = {}, .step = kStep, .title = {}});
        QVERIFY(guess.has_value());
        QVERIFY2(guess->fits, guess->text.c_str());
        QCOMPARE(sorted(m_table->tokensOf(guess->text)), sorted(m_table->tokensOf(lost)));
    }

    void partsKeepTheirOrderAndTitlesAreLeftOut()
    {
        const std::string title = "Boat house";
        const std::string first = "Paint is in the cellar.";
        const std::string second = "Oil the hinges in march.";
        Reconstructor made = reconstructor();
        const auto guess = made.guess({.whole = vectorOf(*m_embedder, title + ". " + first + " " + second),
            .parts = {vectorOf(*m_embedder, title + ". " + first), vectorOf(*m_embedder, title + ". " + second)},
            .step = kStep,
            .title = title});
        QVERIFY(guess.has_value());
        QVERIFY2(guess->fits, guess->text.c_str());
        QCOMPARE(sorted(m_table->tokensOf(guess->text)), sorted(m_table->tokensOf(first + " " + second)));
        QVERIFY2(guess->text.find("cellar") < guess->text.find("hinges"), guess->text.c_str());
    }

    void aTitleMadeOfTheTextGivesItsBeginning()
    {
        Reconstructor made = reconstructor();
        const std::string title = "Ask Ann about the Boat";
        auto guess = made.guess({.whole = vectorOf(*m_embedder, title + ". " + title), .parts = {}, .step = kStep, .title = title});
        QVERIFY(guess.has_value() && guess->fits);
        QCOMPARE(guess->text, title);
        QCOMPARE(guess->words, (std::vector<std::string>{"Ask", "Ann", "about", "the", "Boat"}));
        const std::string text = title + " and about damage";
        const std::string cut = title + "\u2026";
        guess = made.guess({.whole = vectorOf(*m_embedder, cut + ". " + text), .parts = {}, .step = kStep, .title = cut});
        QVERIFY(guess.has_value() && guess->fits);
        QVERIFY(guess->text.starts_with(title));
        QCOMPARE(sorted(m_table->tokensOf(guess->text)), sorted(m_table->tokensOf(text)));
    }

    void aTitleThatIsNotInTheTextIsLeftOut()
    {
        const std::string title = "Choir, altos and friends";
        const std::string text = "please look up from the copy";
        Reconstructor made(*m_table, kDimension);
        made.learn(text + ". " + title + ".");
        const auto guess = made.guess({.whole = vectorOf(*m_embedder, title + ". " + text), .parts = {}, .step = kStep, .title = title});
        QVERIFY(guess.has_value() && guess->fits);
        QCOMPARE(sorted(m_table->tokensOf(guess->text)), sorted(m_table->tokensOf(text)));
    }

    void wordsThatFollowEachOtherElsewhereDoSoHere()
    {
        Reconstructor made(*m_table, kDimension);
        for (int i = 0; i < 5; ++i) {
            made.learn("the red fox jumps over the lazy dog");
        }
        const auto guess = made.guess(
            {.whole = vectorOf(*m_embedder, "the red fox jumps over the lazy dog"), .parts = {}, .step = kStep, .title = {}});
        QVERIFY(guess.has_value());
        QCOMPARE(guess->text, std::string("the red fox jumps over the lazy dog"));
    }

    void placesOfWordsGiveTheOrderAndFormsAreTold()
    {
        const std::string lost = "the lanterns of the captain, a ladder and the captain's anchors hang behind a door";
        Reconstructor made = reconstructor();
        std::vector<std::uint32_t> untold;
        for (const std::string word : {"the", "of", "a", "and", "behind", ",", ".", "'", "s", "is", "in", "to"}) {
            untold.push_back(m_table->tokensOf(word).front());
        }
        made.setUntold(untold);
        Remains remains{.whole = vectorOf(*m_embedder, lost), .parts = {}, .step = kStep, .title = {}};
        remains.words = {{{{"lantern", "lanterns"}, {1}}, {{"captain"}, {4, 9}}, {{"ladder"}, {6}}, {{"anchor", "anchors"}, {11}},
            {{"hang"}, {12}}, {{"door"}, {15}}}};
        const auto guess = made.guess(remains);
        QVERIFY(guess.has_value());
        QVERIFY2(guess->fits, guess->text.c_str());
        QCOMPARE(sorted(m_table->tokensOf(guess->text)), sorted(m_table->tokensOf(lost)));
        const auto at = [&](const char* word) { return guess->text.find(word); };
        QVERIFY2(at("lanterns") < at("captain") && at("captain") < at("ladder") && at("ladder") < at("anchors") &&
                at("anchors") < at("hang") && at("hang") < at("door"),
            guess->text.c_str());
        QVERIFY(guess->told > 0.2F);
    }

    void longTextsWithKnownWordsAreTold()
    {
        // Far more words than the vector alone gives back.
        Reconstructor made = reconstructor();
        std::string lost;
        std::vector<FoundWord> words;
        std::uint32_t place = 0;
        for (std::uint32_t token = 5000; words.size() < 120; ++token) {
            const std::string word(m_table->token(token));
            if (word.size() > 4 && std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; })) {
                lost += (lost.empty() ? "" : " ") + word;
                words.push_back({{word}, {place++}});
            }
        }
        Remains remains{.whole = vectorOf(*m_embedder, lost), .parts = {}, .step = kStep, .title = {}};
        remains.words = {words};
        const auto guess = made.guess(remains);
        QVERIFY(guess.has_value() && guess->fits);
        QCOMPARE(guess->text, lost);
    }

    void piecesJoinTheirWord()
    {
        const std::string lost = "zyxomma petiolatum";
        Reconstructor made(*m_table, kDimension);
        made.learn("a zyxomma petiolatum was seen");
        const auto guess = made.guess({.whole = vectorOf(*m_embedder, lost), .parts = {}, .step = kStep, .title = {}});
        QVERIFY(guess.has_value());
        QCOMPARE(guess->text, lost);
        QCOMPARE(guess->words, (std::vector<std::string>{"zyxomma", "petiolatum"}));
    }

    void withoutAVectorThereIsNoGuess()
    {
        Reconstructor made = reconstructor();
        QVERIFY(!made.guess({.whole = {}, .parts = {}, .step = kStep, .title = "A title"}).has_value());
    }
};

CARMA_TEST_CLASS(TestReconstruct, "test_reconstruct")
#include "test_reconstruct.moc"
