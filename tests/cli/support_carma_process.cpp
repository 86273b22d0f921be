// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <csignal>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

namespace carma::test {

namespace {

constexpr int kPatienceMs = 60'000; // for a hung program only; no test waits for it

Outcome outcomeOf(QProcess& process)
{
    Outcome outcome;
    if (!process.waitForFinished(kPatienceMs)) {
        process.kill();
        process.waitForFinished(kPatienceMs);
    }
    outcome.exit = process.exitStatus() == QProcess::CrashExit ? 1000 : process.exitCode();
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

} // namespace

QString programPath() { return QStringLiteral(CARMA_BINARY_DIR "/bin/carma"); }

Workplace::Workplace() : m_environment(QProcessEnvironment::systemEnvironment())
{
    for (const char* name : {"CARMA_STORE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "NO_COLOR", "LC_CTYPE", "LANG", "COLUMNS"}) {
        m_environment.remove(name);
    }
    m_environment.insert("HOME", path("home"));
    m_environment.insert("CARMA_KEY_FILE", path("test.key"));
    m_environment.insert("CARMA_RESOURCES", QStringLiteral(CARMA_SOURCE_DIR "/resources"));
    m_environment.insert("LC_ALL", "C.UTF-8");
    m_environment.insert("TZ", "UTC");
    m_environment.insert("TERM", "xterm");
    m_environment.insert("CARMA", programPath());
    m_environment.insert("STORE", store());
    QDir(path()).mkpath("home");
}

QString Workplace::path(const QString& name) const { return name.isEmpty() ? m_folder.path() : m_folder.filePath(name); }

void Workplace::write(const QString& name, const QByteArray& bytes) const
{
    QDir().mkpath(QFileInfo(path(name)).path());
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
        qFatal("a file of the test cannot be written");
    }
}

QByteArray Workplace::read(const QString& name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void Workplace::start(QProcess& process, const QStringList& arguments) const
{
    process.setProcessEnvironment(m_environment);
    process.setWorkingDirectory(path());
    process.start(programPath(), arguments);
    process.waitForStarted(kPatienceMs);
}

Outcome Workplace::run(const QStringList& arguments, const QByteArray& input) const
{
    QProcess process;
    start(process, arguments);
    process.write(input);
    process.closeWriteChannel();
    return outcomeOf(process);
}

Outcome Workplace::carma(const QStringList& arguments, const QByteArray& input) const
{
    return run(QStringList{"-s", store()} + arguments, input);
}

Outcome Workplace::shell(const QString& line) const
{
    QProcess process;
    process.setProcessEnvironment(m_environment);
    process.setWorkingDirectory(path());
    process.start("/bin/bash", {"-c", line});
    process.closeWriteChannel();
    return outcomeOf(process);
}

TerminalRun::TerminalRun(const Workplace& place, const QStringList& arguments)
{
    // Everything the child needs is made before the fork: after it only exec is safe.
    std::vector<QByteArray> words{programPath().toLocal8Bit()};
    for (const QString& one : arguments) {
        words.push_back(one.toLocal8Bit());
    }
    std::vector<QByteArray> variables;
    for (const QString& one : place.environment().toStringList()) {
        variables.push_back(one.toLocal8Bit());
    }
    std::vector<char*> argumentPointers;
    std::vector<char*> variablePointers;
    for (QByteArray& word : words) {
        argumentPointers.push_back(word.data());
    }
    for (QByteArray& one : variables) {
        variablePointers.push_back(one.data());
    }
    argumentPointers.push_back(nullptr);
    variablePointers.push_back(nullptr);
    winsize size{};
    size.ws_col = 100;
    size.ws_row = 40;
    m_child = ::forkpty(&m_terminal, nullptr, nullptr, &size);
    if (m_child == 0) {
        ::execve(argumentPointers[0], argumentPointers.data(), variablePointers.data());
        ::_exit(127);
    }
}

TerminalRun::~TerminalRun()
{
    if (m_child > 0) {
        ::kill(m_child, SIGKILL);
        ::waitpid(m_child, nullptr, 0);
    }
    ::close(m_terminal);
}

bool TerminalRun::readMore()
{
    pollfd ready{m_terminal, POLLIN, 0};
    if (::poll(&ready, 1, kPatienceMs) <= 0) {
        return false;
    }
    char part[4096];
    const ssize_t got = ::read(m_terminal, part, sizeof part);
    if (got <= 0) {
        return false; // EIO: the other side is closed
    }
    m_screen.append(part, got);
    return true;
}

bool TerminalRun::waitFor(const QByteArray& text)
{
    while (!m_screen.contains(text)) {
        if (!readMore()) {
            return false;
        }
    }
    return true;
}

void TerminalRun::type(const QByteArray& text) const
{
    if (::write(m_terminal, text.constData(), static_cast<std::size_t>(text.size())) != text.size()) {
        qFatal("the test cannot type");
    }
}

int TerminalRun::finish()
{
    while (readMore()) {
    }
    int status = 0;
    ::waitpid(m_child, &status, 0);
    m_child = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

QByteArray hashOfFolder(const QString& folder)
{
    QStringList names;
    QDirIterator files(folder, QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        names << files.next();
    }
    names.sort();
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString& name : names) {
        QFile file(name);
        hash.addData(name.mid(folder.size()).toUtf8());
        if (file.open(QIODevice::ReadOnly)) {
            hash.addData(QByteArray::number(file.size()));
            hash.addData(file.readAll());
        }
    }
    return hash.result().toHex();
}

QString schemaProblem(const QJsonObject& object, const Schema& schema)
{
    for (const auto& [key, type] : schema) {
        if (!object.contains(key)) {
            return "the key '" + key + "' is missing";
        }
        if (object.value(key).type() != type) {
            return "the key '" + key + "' has another type";
        }
    }
    return {};
}

} // namespace carma::test
