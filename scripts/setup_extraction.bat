@echo off
rem Makes venv with what "extract" needs, and a .env to be filled in. Where it is filled in: shows which tables can be read.
setlocal
cd /d "%~dp0.."
if defined PYTHON goto found
set PYTHON=python
where py >nul 2>nul
if %errorlevel%==0 set PYTHON=py -3
:found
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 10))"
if not %errorlevel%==0 goto old
echo Preparing the folder venv. The first time it takes a minute or two.
if not exist venv\Scripts\pip.exe %PYTHON% -m venv venv
if not exist venv\Scripts\pip.exe exit /b 1
venv\Scripts\python -m pip install --quiet --disable-pip-version-check -r scripts\requirements_extraction.txt
if not %errorlevel%==0 exit /b 1
if exist .env goto list
if defined ORACLE_USER goto list
if defined SSM_PATH goto list
copy scripts\extraction.env.example .env >nul
if not exist .env exit /b 1
echo Prepared. Now fill in the file .env.
exit /b 0
:list
venv\Scripts\python scripts\extract_sample_data.py --list-tables
exit /b %errorlevel%
:old
echo Python 3.10 or newer is needed: https://www.python.org/downloads/
exit /b 1
