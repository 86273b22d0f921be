// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <sys/types.h>
#include <utility>
#include <vector>

/// The built program as a user runs it.
namespace carma::test {

struct Outcome {
    int exit = -1; ///< 1000 + signal if it was killed
    QByteArray out;
    QByteArray err;
    [[nodiscard]] QJsonObject object() const { return QJsonDocument::fromJson(out).object(); }
    [[nodiscard]] QJsonArray array() const { return QJsonDocument::fromJson(out).array(); }
    [[nodiscard]] QJsonObject error() const { return QJsonDocument::fromJson(err).object().value("error").toObject(); }
    /// For a failed comparison.
    [[nodiscard]] QByteArray told() const { return "exit " + QByteArray::number(exit) + "\nstdout: " + out + "\nstderr: " + err; }
};

/// A temporary folder with a home, a key and room for a store in it. Nothing outside is read or written.
class Workplace {
public:
    Workplace();
    [[nodiscard]] QString path(const QString& name = {}) const;
    [[nodiscard]] QString store() const { return path("store"); }
    void write(const QString& name, const QByteArray& bytes) const;
    [[nodiscard]] QByteArray read(const QString& name) const;
    void set(const QString& variable, const QString& value) { m_environment.insert(variable, value); }
    void unset(const QString& variable) { m_environment.remove(variable); }
    [[nodiscard]] const QProcessEnvironment& environment() const { return m_environment; }

    /// Runs `carma ARGUMENTS` in the folder.
    [[nodiscard]] Outcome run(const QStringList& arguments, const QByteArray& input = {}) const;
    /// Runs `carma -s STORE ARGUMENTS`.
    [[nodiscard]] Outcome carma(const QStringList& arguments, const QByteArray& input = {}) const;
    /// Runs a line of shell, with $CARMA and $STORE set.
    [[nodiscard]] Outcome shell(const QString& line) const;
    void start(QProcess& process, const QStringList& arguments) const;

private:
    QTemporaryDir m_folder;
    QProcessEnvironment m_environment;
};

/// The program with a terminal of its own, as in a window.
class TerminalRun {
public:
    TerminalRun(const Workplace& place, const QStringList& arguments);
    ~TerminalRun();
    TerminalRun(const TerminalRun&) = delete;
    TerminalRun& operator=(const TerminalRun&) = delete;
    /// Reads until `text` has appeared; false if the program ended or half a minute passed first.
    bool waitFor(const QByteArray& text);
    void type(const QByteArray& text) const;
    /// Reads to the end; the exit status.
    int finish();
    [[nodiscard]] const QByteArray& screen() const { return m_screen; }

private:
    bool readMore();
    int m_terminal = -1;
    pid_t m_child = -1;
    QByteArray m_screen;
};

/// SHA-256 over names and bytes of all files below `folder`.
QByteArray hashOfFolder(const QString& folder);

using Schema = std::vector<std::pair<QString, QJsonValue::Type>>;
/// Empty if `object` has every key with its type, else a sentence.
QString schemaProblem(const QJsonObject& object, const Schema& schema);

QString programPath();

} // namespace carma::test

/// Compares the exit status and shows what the program said if it differs.
#define COMPARE_EXIT(outcome, expected)                                                                                                    \
    do {                                                                                                                                   \
        const auto& carmaOutcome = (outcome);                                                                                              \
        QVERIFY2(carmaOutcome.exit == (expected), carmaOutcome.told().constData());                                                        \
    } while (false)
