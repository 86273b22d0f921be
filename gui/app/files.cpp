// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"

#include "app/text.h"

#include <QClipboard>
#include <QCryptographicHash>
#include <QFile>
#include <QFileDialog>
#include <QGuiApplication>
#include <QSaveFile>
#include <QTimer>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace carma::gui {

namespace {

constexpr int kClipboardMs = 60000;

Error failed(const QString& path, const QString& why) { return {ErrorCode::Io, bytesOf(path + ": " + why)}; }

QFileDialog* dialog(QWidget* parent, const QString& title, const std::function<void(const QString& path)>& chosen)
{
    auto* made = new QFileDialog(parent, title);
    made->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(made, &QFileDialog::fileSelected, parent, chosen);
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
    const QByteArray name = QFile::encodeName(path);
    const int file = ::open(name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        const ErrorCode code = errno == EEXIST ? ErrorCode::AlreadyExists : ErrorCode::Io;
        return Error{code, bytesOf(path) + ": " + std::strerror(errno)};
    }
    bool whole = true;
    for (ByteView left : {secret, asBytes("\n")}) {
        while (whole && !left.empty()) {
            const ssize_t written = ::write(file, left.data(), left.size());
            whole = written >= 0 || errno == EINTR;
            left = left.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
        }
    }
    whole = whole && ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    if (!whole) {
        ::unlink(name.constData());
        return Error{ErrorCode::Io, bytesOf(path) + ": " + std::strerror(reason)};
    }
    return {};
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
    made->open();
}

void chooseOpenFile(QWidget* parent, const QString& title, const QString& kinds, const std::function<void(const QString& path)>& chosen)
{
    QFileDialog* made = dialog(parent, title, chosen);
    made->setFileMode(QFileDialog::ExistingFile);
    made->setNameFilter(kinds);
    made->open();
}

void chooseFolder(QWidget* parent, const QString& title, const std::function<void(const QString& path)>& chosen)
{
    QFileDialog* made = dialog(parent, title, chosen);
    made->setFileMode(QFileDialog::Directory);
    made->setOption(QFileDialog::ShowDirsOnly);
    made->open();
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
