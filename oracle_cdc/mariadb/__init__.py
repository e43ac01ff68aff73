"""Progress kept in MariaDB. The only room of the service that imports `pymysql`."""
