// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"

#include "app/dialogs.h"
#include "app/text.h"

#include <QClipboard>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QGuiApplication>
#include <QSaveFile>
#include <QTimer>

#include <carma/private_file.h>

namespace carma::gui {

namespace {

constexpr int kClipboardMs = 60000;

Error failed(const QString& path, const QString& why) { return {ErrorCode::Io, bytesOf(path + ": " + why)}; }

QFileDialog* dialog(QWidget* parent, const QString& title, const std::function<void(const QString& path)>& chosen)
{
    auto* made = new QFileDialog(parent, title);
    if (chosen) {
        QObject::connect(made, &QFileDialog::fileSelected, parent, chosen);
    }
    return made;
}

QByteArray digestOf(const QString& words) { return QCryptographicHash::hash(words.toUtf8(), QCryptographicHash::Sha256); }

} // namespace

Result<void> writeFile(const QString& path, std::string_view bytes)
{
    QSaveFile file(path);
    const auto size = static_cast<qint64>(bytes.size());
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes.data(), size) != size || !file.commit()) {
        return failed(path, file.errorString());
    }
    return {};
}

Result<void> writeSecret(const QString& path, ByteView secret)
{
    return writePrivateFile(QFile::encodeName(path).toStdString(), {secret, asBytes("\n")});
}

Result<std::string> readFile(const QString& path, std::uint64_t bytesMax)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return failed(path, file.errorString());
    }
    const QByteArray bytes = file.read(static_cast<qint64>(bytesMax) + 1);
    if (static_cast<std::uint64_t>(bytes.size()) > bytesMax) {
        return Error{ErrorCode::LimitExceeded, bytesOf(path) + " is larger than " + std::to_string(bytesMax) + " bytes"};
    }
    return bytes.toStdString();
}

void chooseSaveFile(QWidget* parent, const QString& title, const QString& name, const std::function<void(const QString& path)>& chosen,
    const QString& kinds)
{
    QFileDialog* made = dialog(parent, title, chosen);
    made->setAcceptMode(QFileDialog::AcceptSave);
    made->setFileMode(QFileDialog::AnyFile);
    if (!kinds.isEmpty()) {
        made->setNameFilter(kinds);
        QObject::connect(made, &QFileDialog::filterSelected, made, [made](const QString& kind) { // "CSV (*.csv)"
            made->setDefaultSuffix(kind.section("*.", 1).section(')', 0, 0));
        });
    }
    made->selectFile(name);
    openModal(made);
}

void chooseOpenFile(QWidget* parent, const QString& title, const QString& kinds, const std::function<void(const QString& path)>& chosen)
{
    QFileDialog* made = dialog(parent, title, chosen);
    made->setFileMode(QFileDialog::ExistingFile);
    made->setNameFilter(kinds);
    openModal(made);
}

void chooseFiles(QWidget* parent, const QString& title, const std::function<void(const QStringList& paths)>& chosen)
{
    QFileDialog* made = dialog(parent, title, {});
    made->setFileMode(QFileDialog::ExistingFiles);
    QObject::connect(made, &QFileDialog::filesSelected, parent, chosen);
    openModal(made);
}

void chooseFolder(QWidget* parent, const QString& title, const std::function<void(const QString& path)>& chosen, const QString& begin)
{
    QFileDialog* made = dialog(parent, title, chosen);
    if (QDir(begin).exists() && !begin.isEmpty()) {
        made->setDirectory(begin);
    }
    made->setFileMode(QFileDialog::Directory);
    made->setOption(QFileDialog::ShowDirsOnly);
    openModal(made);
}

void copyForAMinute(const QString& secret)
{
    QGuiApplication::clipboard()->setText(secret);
    QTimer::singleShot(kClipboardMs, qApp, [digest = digestOf(secret)] { // not the secret itself
        if (digestOf(QGuiApplication::clipboard()->text()) == digest) {
            QGuiApplication::clipboard()->clear();
        }
    });
}

} // namespace carma::gui
